/* Documents -> the docids of each distinct raw token, and the number of all tokens: `_by_raw` of index/docid_lists.py,
   compiled.

   While texts are scanned a token keeps the numbers of its documents; lists of docids are made of them at the end.
   Scanning stops where these take the memory that the caller allows; the next call goes on there.

   A signal's handler may run between two pieces of a text, and may change the lists that we were given. So a text is
   held while it is scanned, and the lists' sizes are not remembered. */

#include "_tokens.h"

/* Tokens in flight: their cache lines are prefetched in three passes, as a table of this size misses the cache. */
#define AHEAD 64
/* Bytes of a text that are scanned at a time, or as many more as its token has. */
#define PIECE (64 << 10)

#if defined(__GNUC__)
#define PREFETCH(address) __builtin_prefetch(address)
#else
#define PREFETCH(address) (void)0
#endif

typedef struct {
    PyObject *list;
    const char *separators;
    /* Bytes of memory from which on no more is scanned. */
    size_t most;
    /* Of a piece, to be overwritten. */
    char *copy;
    size_t room;
} Texts;

static int record_all(Table *table, Occurrence *occurrences, size_t count, uint32_t document)
{
    for (size_t number = 0; number < count; number++) {
        uint32_t slot = table->slots[occurrences[number].hash & table->mask];
        if (slot)
            PREFETCH(table->tokens + slot - 1);
    }
    for (size_t number = 0; number < count; number++) {
        if (look_up(table, occurrences + number))
            return -1;
        Token *token = table->tokens + occurrences[number].token;
        if (token->count)
            PREFETCH(token->documents + token->count - 1);
    }
    for (size_t number = 0; number < count; number++)
        if (add_document(table, table->tokens + occurrences[number].token, document))
            return -1;
    table->scanned += count;
    return 0;
}

/* Overwrites `text` by its translation. */
static int scan_text(Table *table, char *text, size_t length, const char *separators, uint32_t document)
{
    Occurrence occurrences[AHEAD];
    size_t count = 0;
    char *last = text + length;
    for (char *at = text; at < last; at++)
        *at = separators[(unsigned char)*at];
    for (char *at = text; at < last;) {
        if (*at == ' ') {
            at++;
            continue;
        }
        Occurrence *next = occurrences + count++;
        next->bytes = at;
        while (at < last && *at != ' ')
            at++;
        next->length = (size_t)(at - next->bytes);
        next->hash = hash_bytes(table, next->bytes, next->length);
        PREFETCH(table->slots + (next->hash & table->mask));
        if (count == AHEAD) {
            if (record_all(table, occurrences, count, document))
                return -1;
            count = 0;
        }
    }
    return record_all(table, occurrences, count, document);
}

/* The end of the last token of a text's piece that begins at `at`: a separator follows it, or nothing. */
static size_t piece_end(const char *text, size_t at, size_t length, const char *separators)
{
    size_t end = length - at > PIECE ? at + PIECE : length;
    /* a separator ends all tokens before it; where the piece has none, its one token goes on */
    for (size_t last = end; end < length && last > at; last--)
        if (separators[(unsigned char)text[last - 1]] == ' ')
            return last;
    while (end < length && separators[(unsigned char)text[end]] != ' ')
        end++;
    return end;
}

/* Scans a text from `*at` on, and sets `*at` to where it stopped, which is before the end where `most` is reached. */
static int scan_pieces(Table *table, PyObject *bytes, size_t *at, Texts *texts, uint32_t document)
{
    Py_ssize_t length;
    char *text;
    int failed = PyBytes_AsStringAndSize(bytes, &text, &length);
    while (!failed && *at < (size_t)length && table->size < texts->most) {
        size_t end = piece_end(text, *at, (size_t)length, texts->separators), size = end - *at;
        if (size > texts->room) {
            free(texts->copy);
            texts->room = size > PIECE ? size : PIECE;
            if (!(texts->copy = malloc(texts->room))) {
                PyErr_NoMemory();
                return -1;
            }
        }
        memcpy(texts->copy, text + *at, size);
        failed = scan_text(table, texts->copy, size, texts->separators, document) || PyErr_CheckSignals();
        *at = end;
    }
    return failed ? -1 : 0;
}

/* The number of texts scanned, all of each but of the last, or -1; sets `*at` to where in the next one it stopped. */
static Py_ssize_t scan_texts(Table *table, size_t *at, Texts *texts)
{
    Py_ssize_t number = 0;
    for (; number < PyList_Size(texts->list) && table->size < texts->most; number++) {
        PyObject *text = PyList_GetItem(texts->list, number);
        Py_INCREF(text);
        int failed = scan_pieces(table, text, at, texts, (uint32_t)number);
        Py_ssize_t length = failed ? 0 : PyBytes_Size(text);
        Py_DECREF(text);
        if (failed)
            return -1;
        if (*at < (size_t)length)
            return number;
        *at = 0;
    }
    return number;
}

/* The docids of one token; its numbers are freed. */
static PyObject *docid_list(Token *token, PyObject *docids)
{
    PyObject *list = PyList_New(token->count);
    for (uint32_t number = 0; list && number < token->count; number++) {
        PyObject *docid = PyList_GetItem(docids, token->documents[number]);
        if (!docid) {
            Py_CLEAR(list);
            break;
        }
        Py_INCREF(docid);
        PyList_SetItem(list, number, docid);
    }
    free(token->documents);
    token->documents = NULL;
    return list;
}

static PyObject *docids_by_token(Table *table, PyObject *docids)
{
    PyObject *by_token = PyDict_New();
    for (size_t number = 0; by_token && number < table->count; number++) {
        Token *token = table->tokens + number;
        PyObject *key = PyBytes_FromStringAndSize(token_bytes(token), (Py_ssize_t)token->length);
        PyObject *list = key ? docid_list(token, docids) : NULL;
        if (!list || PyDict_SetItem(by_token, key, list))
            Py_CLEAR(by_token);
        Py_XDECREF(key);
        Py_XDECREF(list);
    }
    return by_token;
}

PyObject *gather(PyObject *module, PyObject *args)
{
    PyObject *docids, *translation, *key, *by_token = NULL;
    Texts texts = {0};
    char *secret, *separators;
    Py_ssize_t length, key_length, start_at, most, number = 0;
    size_t at;
    Table table;
    (void)module;
    /* not "y#": headers of 3.13 and of older Pythons disagree on the type of its lengths, and one file serves all */
    if (!PyArg_ParseTuple(args, "O!O!SSnn", &PyList_Type, &docids, &PyList_Type, &texts.list, &translation, &key,
                          &start_at, &most) ||
        PyBytes_AsStringAndSize(translation, &separators, &length) ||
        PyBytes_AsStringAndSize(key, &secret, &key_length))
        return NULL;
    if (PyList_Size(docids) != PyList_Size(texts.list) || PyList_Size(docids) > INT32_MAX || docids == texts.list ||
        length != 256 || key_length != sizeof table.secret || start_at < 0 || most < 1) {
        PyErr_SetString(PyExc_ValueError, "as many docids as texts, in two lists, 256 bytes to translate texts by, "
                                          "16 of a secret, an offset, bytes of memory");
        return NULL;
    }
    texts.separators = separators;
    texts.most = (size_t)most;
    at = (size_t)start_at;
    /* free the texts before the lists are made, which take as much memory */
    if (!start(&table, secret) && (number = scan_texts(&table, &at, &texts)) >= 0 &&
        !PyList_SetSlice(texts.list, 0, number, NULL))
        by_token = docids_by_token(&table, docids);
    free(texts.copy);
    end(&table);
    return by_token ? Py_BuildValue("Nnnn", by_token, (Py_ssize_t)table.scanned, number, (Py_ssize_t)at) : NULL;
}
