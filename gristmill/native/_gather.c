/* Documents -> the docids of each distinct raw token: `_gather` of postings.py, compiled.

   Of each token the numbers of its documents are kept, and made a list of docids at the end. */

#include "_tokens.h"

/* Tokens that are on their way at a time: what each needs is asked of memory before it is looked at. */
#define AHEAD 64

#if defined(__GNUC__)
#define PREFETCH(address) __builtin_prefetch(address)
#else
#define PREFETCH(address) (void)0
#endif

static int note_all(Table *table, Found *found, size_t count, uint32_t document)
{
    for (size_t number = 0; number < count; number++) {
        uint32_t place = table->places[found[number].hash & table->mask];
        if (place)
            PREFETCH(table->tokens + place - 1);
    }
    for (size_t number = 0; number < count; number++) {
        if (find(table, found + number))
            return -1;
        Token *token = table->tokens + found[number].token;
        if (token->count)
            PREFETCH(token->documents + token->count - 1);
    }
    for (size_t number = 0; number < count; number++)
        if (note(table->tokens + found[number].token, document))
            return -1;
    return 0;
}

/* `text` is written over by its translation. */
static int read_text(Table *table, char *text, size_t length, const char *separators, uint32_t document)
{
    Found found[AHEAD];
    size_t count = 0;
    char *last = text + length;
    for (char *at = text; at < last; at++)
        *at = separators[(unsigned char)*at];
    for (char *at = text; at < last;) {
        if (*at == ' ') {
            at++;
            continue;
        }
        Found *next = found + count++;
        next->bytes = at;
        while (at < last && *at != ' ')
            at++;
        next->length = (size_t)(at - next->bytes);
        next->hash = hash_of(table, next->bytes, next->length);
        PREFETCH(table->places + (next->hash & table->mask));
        if (count == AHEAD) {
            if (note_all(table, found, count, document))
                return -1;
            count = 0;
        }
    }
    return note_all(table, found, count, document);
}

static int read_texts(Table *table, PyObject *texts, const char *separators)
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
            failed = read_text(table, copy, (size_t)length, separators, (uint32_t)number);
        }
    }
    free(copy);
    return failed ? -1 : 0;
}

static PyObject *list_of(Token *token, PyObject *docids)
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

static PyObject *dict_of(Table *table, PyObject *docids)
{
    PyObject *found = PyDict_New();
    for (size_t number = 0; found && number < table->count; number++) {
        Token *token = table->tokens + number;
        PyObject *key = PyBytes_FromStringAndSize(bytes_of(token), (Py_ssize_t)token->length);
        PyObject *list = key ? list_of(token, docids) : NULL;
        if (!list || PyDict_SetItem(found, key, list))
            Py_CLEAR(found);
        Py_XDECREF(key);
        Py_XDECREF(list);
    }
    return found;
}

PyObject *gather(PyObject *module, PyObject *args)
{
    PyObject *docids, *texts, *translation, *hidden, *found = NULL;
    char *separators, *secret;
    Py_ssize_t length, secrecy;
    Table table;
    (void)module;
    /* not "y#": what its lengths are depends on whose headers this was compiled with, those of 3.13 or older ones */
    if (!PyArg_ParseTuple(args, "O!O!SS", &PyList_Type, &docids, &PyList_Type, &texts, &translation, &hidden) ||
        PyBytes_AsStringAndSize(translation, &separators, &length) ||
        PyBytes_AsStringAndSize(hidden, &secret, &secrecy))
        return NULL;
    if (PyList_Size(docids) != PyList_Size(texts) || PyList_Size(texts) > INT32_MAX || length != 256 ||
        secrecy != sizeof table.secret) {
        PyErr_SetString(PyExc_ValueError, "as many docids as texts, 256 bytes to translate them by, 16 of a secret");
        return NULL;
    }
    /* the texts go before the lists come, which take as much memory */
    if (!start(&table, secret) && !read_texts(&table, texts, separators) &&
        !PyList_SetSlice(texts, 0, PyList_Size(texts), NULL))
        found = dict_of(&table, docids);
    end(&table);
    return found;
}
