/* Documents -> the docids of each distinct raw token, and the number of all tokens: `_by_raw` of index/docid_lists.py,
   compiled.

   While texts are scanned a token keeps the numbers of its documents; lists of docids are made of them at the end. */

#include "_tokens.h"

/* Tokens in flight: their cache lines are prefetched in three passes, as a table of this size misses the cache. */
#define AHEAD 64

#if defined(__GNUC__)
#define PREFETCH(address) __builtin_prefetch(address)
#else
#define PREFETCH(address) (void)0
#endif

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
        if (add_document(table->tokens + occurrences[number].token, document))
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

static int scan_texts(Table *table, PyObject *texts, const char *separators)
{
    Py_ssize_t count = PyList_Size(texts), length;
    size_t room = 0;
    char *copy = NULL, *text;
    int failed = 0;
    for (Py_ssize_t number = 0; number < count && !failed; number++) {
        failed = PyErr_CheckSignals() || PyBytes_AsStringAndSize(PyList_GetItem(texts, number), &text, &length);
        if (!failed && (size_t)length > room) {
            free(copy);
            room = (size_t)length;
            if (!(copy = malloc(room))) {
                PyErr_NoMemory();
                failed = 1;
            }
        }
        if (!failed && length) {
            memcpy(copy, text, (size_t)length);
            failed = scan_text(table, copy, (size_t)length, separators, (uint32_t)number);
        }
    }
    free(copy);
    return failed ? -1 : 0;
}

/* The docids of one token; its numbers are freed. */
static PyObject *docid_list(Token *token, PyObject *docids)
{
    PyObject *list = PyList_New(token->count);
    for (uint32_t number = 0; list && number < token->count; number++) {
        PyObject *docid = PyList_GetItem(docids, token->documents[number]);
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
    PyObject *docids, *texts, *translation, *key, *by_token = NULL;
    char *separators, *secret;
    Py_ssize_t length, key_length;
    Table table;
    (void)module;
    /* not "y#": headers of 3.13 and of older Pythons disagree on the type of its lengths, and one file serves all */
    if (!PyArg_ParseTuple(args, "O!O!SS", &PyList_Type, &docids, &PyList_Type, &texts, &translation, &key) ||
        PyBytes_AsStringAndSize(translation, &separators, &length) ||
        PyBytes_AsStringAndSize(key, &secret, &key_length))
        return NULL;
    if (PyList_Size(docids) != PyList_Size(texts) || PyList_Size(texts) > INT32_MAX || length != 256 ||
        key_length != sizeof table.secret) {
        PyErr_SetString(PyExc_ValueError, "as many docids as texts, 256 bytes to translate them by, 16 of a secret");
        return NULL;
    }
    /* free the texts before the lists are made, which take as much memory */
    if (!start(&table, secret) && !scan_texts(&table, texts, separators) &&
        !PyList_SetSlice(texts, 0, PyList_Size(texts), NULL))
        by_token = docids_by_token(&table, docids);
    end(&table);
    return by_token ? Py_BuildValue("Nn", by_token, (Py_ssize_t)table.scanned) : NULL;
}
