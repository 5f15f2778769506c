/* Sorted blocks of docids -> one: `_union` of index/blocks.py, compiled.

   A merge sort of ascending runs. Docids stay in the text; their offsets move, each with a key: the eight bytes
   after the common prefix of all docids, as a number. Most comparisons are of two keys. */

#include <Python.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Bytes; docids up to this length are copied by a memcpy of constant size, so buffers have that much spare room. */
#define AT_ONCE 16
/* Bytes; buffers for more text than this are freed after the call. */
#define MOST_KEPT (16 << 20)

typedef struct {
    uint64_t key;
    uint32_t offset, length;
} Docid;

/* The buffers of a call, kept for the next: freeing and allocating them anew costs more than the merge itself. */
static struct {
    char *text, *joined;
    size_t bytes;
    Docid *docids, *spare;
    /* the index of the first docid of each ascending run */
    uint32_t *runs;
    size_t count;
} kept;

static void free_buffers(void)
{
    free(kept.text);
    free(kept.joined);
    free(kept.docids);
    free(kept.spare);
    free(kept.runs);
    memset(&kept, 0, sizeof kept);
}

/* Room for so many bytes of text and so many docids; -1 with an exception set where memory is short. */
static int make_room(size_t bytes, size_t count)
{
    if (bytes <= kept.bytes && count <= kept.count)
        return 0;
    free_buffers();
    kept.text = malloc(bytes);
    kept.joined = malloc(bytes);
    kept.docids = malloc(count * sizeof *kept.docids);
    kept.spare = malloc(count * sizeof *kept.spare);
    kept.runs = malloc(count * sizeof *kept.runs);
    if (!kept.text || !kept.joined || !kept.docids || !kept.spare || !kept.runs) {
        free_buffers();
        PyErr_NoMemory();
        return -1;
    }
    kept.bytes = bytes;
    kept.count = count;
    return 0;
}

/* Fills `kept.docids` from a text in which a TAB ends each docid; empty ones, of a block with a TAB at its end, are
   skipped. Returns their number and sets the length of their common prefix. */
static size_t cut(const char *text, size_t length, size_t *common)
{
    Docid *docids = kept.docids;
    size_t count = 0, same = 0;
    for (size_t at = 0; at < length;) {
        const char *tab = memchr(text + at, '\t', length - at);
        size_t end = (size_t)(tab - text), size = end - at;
        if (size) {
            const char *first = text + (count ? docids->offset : at);
            if (!count)
                same = size;
            else if (size < same || memcmp(first, text + at, same)) {
                size_t most = size < same ? size : same;
                for (same = 0; same < most && first[same] == text[at + same];)
                    same++;
            }
            docids[count].offset = (uint32_t)at;
            docids[count++].length = (uint32_t)size;
        }
        at = end + 1;
    }
    *common = same;
    return count;
}

/* The first eight bytes as a big-endian number, so that numbers compare as bytes do; missing bytes are zeros. */
static uint64_t key_from(const char *bytes, size_t length)
{
    uint64_t key;
    memcpy(&key, bytes, 8);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    key = __builtin_bswap64(key);
#endif
    return length >= 8 ? key : length ? key & ~(UINT64_MAX >> 8 * length) : 0;
}

/* Compares two docids whose keys are equal: negative, 0 or positive. */
static int compare_rest(const char *text, const Docid *one, const Docid *other)
{
    size_t least = one->length < other->length ? one->length : other->length;
    int order = memcmp(text + one->offset, text + other->offset, least);
    return order ? order : (one->length > other->length) - (one->length < other->length);
}

static int in_order(const char *text, const Docid *one, const Docid *other)
{
    return one->key == other->key ? compare_rest(text, one, other) <= 0 : one->key < other->key;
}

/* Merges the runs [one, middle) and [middle, last) of `from` into `to`. */
static void merge(const char *text, const Docid *from, size_t one, size_t middle, size_t last, Docid *to)
{
    size_t other = middle;
    while (one < middle && other < last) {
        /* without a branch, which would be mispredicted half the time */
        int first = in_order(text, from + one, from + other);
        *to++ = from[first ? one : other];
        one += (size_t)first;
        other += (size_t)!first;
    }
    memcpy(to, from + one, (middle - one) * sizeof *to);
    memcpy(to + (middle - one), from + other, (last - other) * sizeof *to);
}

/* Sorts `kept.docids`: neighbouring runs are merged until there is one. */
static void sort(const char *text, size_t count)
{
    uint32_t *runs = kept.runs;
    size_t many = 0;
    for (size_t number = 0; number < count; number++)
        if (!number || !in_order(text, kept.docids + number - 1, kept.docids + number))
            runs[many++] = (uint32_t)number;
    while (many > 1) {
        size_t merged = 0;
        for (size_t run = 0; run < many; run += 2) {
            size_t middle = run + 1 < many ? runs[run + 1] : count, last = run + 2 < many ? runs[run + 2] : count;
            merge(text, kept.docids, runs[run], middle, last, kept.spare + runs[run]);
            runs[merged++] = runs[run];
        }
        many = merged;
        Docid *sorted = kept.spare;
        kept.spare = kept.docids;
        kept.docids = sorted;
    }
}

/* The bytes of the block: each docid once, joined by TABs. */
static PyObject *join(const char *text, size_t count)
{
    char *to = kept.joined;
    for (const Docid *docid = kept.docids, *last = docid + count; docid < last; docid++) {
        if (docid > kept.docids) {
            if (docid->key == docid[-1].key && !compare_rest(text, docid - 1, docid))
                continue;
            *to++ = '\t';
        }
        memcpy(to, text + docid->offset, docid->length > AT_ONCE ? docid->length : AT_ONCE);
        to += docid->length;
    }
    return PyBytes_FromStringAndSize(kept.joined, to - kept.joined);
}

PyObject *unite(PyObject *module, PyObject *blocks)
{
    char *bytes, *to;
    Py_ssize_t length;
    size_t room = 0, most = 0, count, common;
    PyObject *block;
    (void)module;
    if (!PyList_Check(blocks)) {
        PyErr_SetString(PyExc_TypeError, "a list of blocks");
        return NULL;
    }
    for (Py_ssize_t number = 0; number < PyList_Size(blocks); number++) {
        if (PyBytes_AsStringAndSize(PyList_GetItem(blocks, number), &bytes, &length))
            return NULL;
        room += (size_t)length + 1;
        /* a docid is a byte at least, and a TAB ends it */
        most += (size_t)length / 2 + 1;
    }
    if (room > UINT32_MAX) {
        PyErr_SetString(PyExc_OverflowError, "blocks of more than 4 GB");
        return NULL;
    }
    if (make_room(room + AT_ONCE, most + 1))
        return NULL;
    to = kept.text;
    for (Py_ssize_t number = 0; number < PyList_Size(blocks); number++) {
        PyBytes_AsStringAndSize(PyList_GetItem(blocks, number), &bytes, &length);
        memcpy(to, bytes, (size_t)length);
        to += length;
        *to++ = '\t';
    }
    count = cut(kept.text, room, &common);
    for (size_t number = 0; number < count; number++) {
        Docid *docid = kept.docids + number;
        docid->key = key_from(kept.text + docid->offset + common, docid->length - common);
    }
    sort(kept.text, count);
    block = join(kept.text, count);
    if (kept.bytes > MOST_KEPT)
        free_buffers();
    return block;
}
