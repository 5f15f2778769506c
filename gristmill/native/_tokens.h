/* A hash table: the distinct tokens of some texts, and for each token the numbers of the documents that hold it.

   The hash is keyed by a secret, so that nobody can write a text whose tokens collide. */

#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Bytes; a token up to this length is stored inside its Token, which then fills one cache line of 64 bytes. */
#define INLINE_BYTES 32
/* Bytes that a token and one more of its documents take, the lists that are made of them in the end included. */
#define TOKEN_COST 400
#define DOCUMENT_COST 16

typedef struct {
    uint64_t hash;
    union {
        char inlined[INLINE_BYTES];
        char *allocated;
    } bytes;
    /* The numbers of its documents, ascending: `count` of them in an array of `room`. */
    uint32_t *documents;
    size_t length;
    uint32_t count, room;
} Token;

typedef struct {
    Token *tokens;
    size_t count, room;
    /* Open addressing: a slot holds the number of a token plus one, or 0. There are mask + 1 slots, a power of two, at
       most half of them taken. */
    uint32_t *slots;
    size_t mask;
    /* Tokens scanned, equal ones counted each time. */
    size_t scanned;
    /* Bytes of memory, about. */
    size_t size;
    uint64_t secret[2];
} Table;

/* One token in a text, and the number of its Token once `look_up` has set it. */
typedef struct {
    const char *bytes;
    size_t length;
    uint64_t hash;
    size_t token;
} Occurrence;

static uint64_t mix(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash_bytes(const Table *table, const char *bytes, size_t length)
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

/* Makes an empty table; -1 with an exception set where memory is short, as in all functions here. */
static int start(Table *table, const char *secret)
{
    memset(table, 0, sizeof *table);
    memcpy(table->secret, secret, sizeof table->secret);
    /* a factor of 0 would make all hashes equal */
    table->secret[1] |= 1;
    table->mask = (1 << 12) - 1;
    table->slots = calloc(table->mask + 1, sizeof *table->slots);
    if (!table->slots) {
        PyErr_NoMemory();
        return -1;
    }
    return 0;
}

static void end(Table *table)
{
    for (size_t number = 0; number < table->count; number++) {
        if (table->tokens[number].length > INLINE_BYTES)
            free(table->tokens[number].bytes.allocated);
        free(table->tokens[number].documents);
    }
    free(table->tokens);
    free(table->slots);
}

static const char *token_bytes(const Token *token)
{
    return token->length > INLINE_BYTES ? token->bytes.allocated : token->bytes.inlined;
}

/* The index of the first free slot for a token with this hash. */
static size_t free_slot(const uint32_t *slots, size_t mask, uint64_t hash)
{
    size_t slot = hash & mask;
    while (slots[slot])
        slot = (slot + 1) & mask;
    return slot;
}

/* Doubles the slots. */
static int grow(Table *table)
{
    size_t mask = table->mask * 2 + 1;
    uint32_t *slots;
    if (table->count >= UINT32_MAX / 2 || !(slots = calloc(mask + 1, sizeof *slots))) {
        PyErr_NoMemory();
        return -1;
    }
    for (size_t number = 0; number < table->count; number++)
        slots[free_slot(slots, mask, table->tokens[number].hash)] = (uint32_t)number + 1;
    free(table->slots);
    table->slots = slots;
    table->mask = mask;
    return 0;
}

/* Appends a token to `tokens`; -1 and no exception where memory is short. */
static int add_token(Table *table, const Occurrence *occurrence)
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
    char *bytes = token->bytes.inlined;
    if (occurrence->length > INLINE_BYTES && !(bytes = token->bytes.allocated = malloc(occurrence->length)))
        return -1;
    memcpy(bytes, occurrence->bytes, occurrence->length);
    token->hash = occurrence->hash;
    token->length = occurrence->length;
    table->count++;
    table->size += TOKEN_COST + token->length;
    return 0;
}

static int is_token(const Token *token, const Occurrence *occurrence)
{
    return token->hash == occurrence->hash && token->length == occurrence->length &&
           !memcmp(token_bytes(token), occurrence->bytes, occurrence->length);
}

/* Sets the number of the occurrence's token, which is added where it is new. */
static int look_up(Table *table, Occurrence *occurrence)
{
    size_t slot = occurrence->hash & table->mask;
    for (; table->slots[slot]; slot = (slot + 1) & table->mask)
        if (is_token(table->tokens + table->slots[slot] - 1, occurrence)) {
            occurrence->token = table->slots[slot] - 1;
            return 0;
        }
    if ((table->count + 1) * 2 > table->mask) {
        if (grow(table))
            return -1;
        slot = free_slot(table->slots, table->mask, occurrence->hash);
    }
    if (add_token(table, occurrence)) {
        PyErr_NoMemory();
        return -1;
    }
    occurrence->token = table->count - 1;
    table->slots[slot] = (uint32_t)table->count;
    return 0;
}

/* Adds a document to a token's; documents come in ascending order, so one that is there already is the last. */
static int add_document(Table *table, Token *token, uint32_t document)
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
    table->size += DOCUMENT_COST;
    return 0;
}
