/* Sorted blocks of docids -> one: `_union` of blocks.py, compiled.

   Docids are merged where they stand in their blocks, run by run of those that are in order. */

#include <Python.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *bytes;
    size_t length;
} Docid;

static int compare(const Docid *one, const Docid *other)
{
    size_t least = one->length < other->length ? one->length : other->length;
    int order = memcmp(one->bytes, other->bytes, least);
    return order ? order : (one->length > other->length) - (one->length < other->length);
}

/* The docids of a block, behind `to`; an empty one is none, of a block that has a TAB at its end. */
static Docid *cut(const char *bytes, size_t length, Docid *to)
{
    const char *last = bytes + length;
    while (bytes < last) {
        const char *tab = memchr(bytes, '\t', (size_t)(last - bytes));
        const char *end_of = tab ? tab : last;
        if (end_of > bytes) {
            to->bytes = bytes;
            to++->length = (size_t)(end_of - bytes);
        }
        bytes = end_of + 1;
    }
    return to;
}

/* Where the run that begins at `first` ends: all that is in order. */
static size_t run_end(const Docid *docids, size_t first, size_t count)
{
    size_t next = first + 1;
    while (next < count && compare(docids + next - 1, docids + next) <= 0)
        next++;
    return next < count ? next : count;
}

/* Merge neighbouring runs of `from` into `to`; whether that made one of all. */
static int merge_runs(const Docid *from, Docid *to, size_t count)
{
    int merges = 0;
    for (size_t first = 0; first < count; merges++) {
        size_t middle = run_end(from, first, count);
        size_t last = middle < count ? run_end(from, middle, count) : count;
        size_t one = first, other = middle, at = first;
        while (one < middle && other < last)
            to[at++] = compare(from + one, from + other) <= 0 ? from[one++] : from[other++];
        while (one < middle)
            to[at++] = from[one++];
        while (other < last)
            to[at++] = from[other++];
        first = last;
    }
    return merges <= 1;
}

/* Each docid once, with a TAB before all but the first. */
static PyObject *joined(const Docid *docids, size_t count, size_t room)
{
    char *text = malloc(room ? room : 1), *at = text;
    if (!text)
        return PyErr_NoMemory();
    for (size_t number = 0; number < count; number++) {
        if (number && !compare(docids + number - 1, docids + number))
            continue;
        if (number)
            *at++ = '\t';
        memcpy(at, docids[number].bytes, docids[number].length);
        at += docids[number].length;
    }
    PyObject *block = PyBytes_FromStringAndSize(text, at - text);
    free(text);
    return block;
}

PyObject *unite(PyObject *module, PyObject *blocks)
{
    char *bytes;
    Py_ssize_t length;
    size_t room = 0, most = 0, count;
    Docid *docids, *spare;
    PyObject *block = NULL;
    (void)module;
    if (!PyList_Check(blocks)) {
        PyErr_SetString(PyExc_TypeError, "a list of blocks");
        return NULL;
    }
    for (Py_ssize_t number = 0; number < PyList_Size(blocks); number++) {
        if (PyBytes_AsStringAndSize(PyList_GetItem(blocks, number), &bytes, &length))
            return NULL;
        room += (size_t)length + 1;
        /* a docid has a byte at least, and a TAB behind it */
        most += (size_t)length / 2 + 1;
    }
    docids = malloc((most + 1) * sizeof *docids);
    spare = malloc((most + 1) * sizeof *spare);
    if (docids && spare) {
        Docid *to = docids;
        for (Py_ssize_t number = 0; number < PyList_Size(blocks); number++) {
            PyBytes_AsStringAndSize(PyList_GetItem(blocks, number), &bytes, &length);
            to = cut(bytes, (size_t)length, to);
        }
        count = (size_t)(to - docids);
        for (int done = 0; !done;) {
            Docid *from = docids;
            done = merge_runs(from, spare, count);
            docids = spare;
            spare = from;
        }
        block = joined(docids, count, room);
    } else
        PyErr_NoMemory();
    free(docids);
    free(spare);
    return block;
}
