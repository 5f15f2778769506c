/* The distinct tokens of some texts, and of each the numbers of the documents that hold it: a hash table.

   Hashes depend on a secret, so that no text can be written whose tokens collide. */

#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Tokens up to this length lie in their Token, which is as long as a line of a processor's cache. */
#define INSIDE 32

typedef struct {
    uint64_t hash;
    union {
        char inside[INSIDE];
        char *outside;
    } bytes;
    uint32_t *documents;
    size_t length;
    uint32_t count, room;
} Token;

typedef struct {
    Token *tokens;
    size_t count, room;
    /* Numbers of tokens plus one, 0 where a place is free; as many as a power of two, at most half of them taken. */
    uint32_t *places;
    size_t mask;
    uint64_t secret[2];
} Table;

typedef struct {
    const char *bytes;
    size_t length;
    uint64_t hash;
    size_t token;
} Found;

static uint64_t mix(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash_of(const Table *table, const char *bytes, size_t length)
{
    uint64_t hash = table->secret[0] ^ length, word;
    for (; length >= 8; bytes += 8, length -= 8) {
        memcpy(&word, bytes, 8);
        hash = mix(hash ^ word, table->secret[1]) + table->secret[0];
    }
    word = 0;
    memcpy(&word, bytes, length);
    return mix(hash ^ word, table->secret[1]);
}

static int start(Table *table, const char *secret)
{
    memset(table, 0, sizeof *table);
    memcpy(table->secret, secret, sizeof table->secret);
    /* never 0 */
    table->secret[1] |= 1;
    table->mask = (1 << 12) - 1;
    table->places = calloc(table->mask + 1, sizeof *table->places);
    if (!table->places) {
        PyErr_NoMemory();
        return -1;
    }
    return 0;
}

static void end(Table *table)
{
    for (size_t number = 0; number < table->count; number++) {
        if (table->tokens[number].length > INSIDE)
            free(table->tokens[number].bytes.outside);
        free(table->tokens[number].documents);
    }
    free(table->tokens);
    free(table->places);
}

static const char *bytes_of(const Token *token)
{
    return token->length > INSIDE ? token->bytes.outside : token->bytes.inside;
}

/* Where a token with this hash may be put. */
static size_t free_place(const uint32_t *places, size_t mask, uint64_t hash)
{
    size_t place = hash & mask;
    while (places[place])
        place = (place + 1) & mask;
    return place;
}

/* Twice as many places. */
static int grow(Table *table)
{
    size_t mask = table->mask * 2 + 1;
    uint32_t *places;
    if (table->count >= UINT32_MAX / 2 || !(places = calloc(mask + 1, sizeof *places))) {
        PyErr_NoMemory();
        return -1;
    }
    for (size_t number = 0; number < table->count; number++)
        places[free_place(places, mask, table->tokens[number].hash)] = (uint32_t)number + 1;
    free(table->places);
    table->places = places;
    table->mask = mask;
    return 0;
}

/* Put a token in; 0 where it is in. */
static int add_token(Table *table, const Found *found)
{
    if (table->count == table->room) {
        size_t room = table->room ? table->room * 2 : 1 << 10;
        Token *tokens = realloc(table->tokens, room * sizeof *tokens);
        if (!tokens)
            return -1;
        table->tokens = tokens;
        table->room = room;
    }
    Token *token = table->tokens + table->count;
    memset(token, 0, sizeof *token);
    char *bytes = token->bytes.inside;
    if (found->length > INSIDE && !(bytes = token->bytes.outside = malloc(found->length)))
        return -1;
    memcpy(bytes, found->bytes, found->length);
    token->hash = found->hash;
    token->length = found->length;
    table->count++;
    return 0;
}

static int is_token(const Token *token, const Found *found)
{
    return token->hash == found->hash && token->length == found->length &&
           !memcmp(bytes_of(token), found->bytes, found->length);
}

/* Tell the number of a token, which is put in where it is new. */
static int find(Table *table, Found *found)
{
    size_t place = found->hash & table->mask;
    for (; table->places[place]; place = (place + 1) & table->mask)
        if (is_token(table->tokens + table->places[place] - 1, found)) {
            found->token = table->places[place] - 1;
            return 0;
        }
    if ((table->count + 1) * 2 > table->mask) {
        if (grow(table))
            return -1;
        place = free_place(table->places, table->mask, found->hash);
    }
    if (add_token(table, found)) {
        PyErr_NoMemory();
        return -1;
    }
    found->token = table->count - 1;
    table->places[place] = (uint32_t)table->count;
    return 0;
}

/* A document may hold a token many times, and counts once. */
static int note(Token *token, uint32_t document)
{
    if (token->count && token->documents[token->count - 1] == document)
        return 0;
    if (token->count == token->room) {
        uint32_t room = token->room ? token->room * 2 : 2;
        uint32_t *documents = realloc(token->documents, room * sizeof *documents);
        if (!documents) {
            PyErr_NoMemory();
            return -1;
        }
        token->documents = documents;
        token->room = room;
    }
    token->documents[token->count++] = document;
    return 0;
}
