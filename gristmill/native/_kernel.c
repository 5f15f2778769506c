/* The extension module of the index's inner loops, each in a file of its own. */

#include <Python.h>

PyObject *gather(PyObject *module, PyObject *args);
PyObject *unite(PyObject *module, PyObject *blocks);

static PyMethodDef methods[] = {
    {"gather", gather, METH_VARARGS,
     "gather(docids, texts, separators, secret, offset, most)\n--\n\n"
     "({token: [docid, ...]}, n, done, offset): the docids of each distinct raw token of the texts, in the order\n"
     "given, and the number of raw tokens, equal ones counted each time. `separators` is a table for bytes.translate\n"
     "that makes a space of what separates tokens; `secret`, 16 bytes, keys the hash. The first text is read from\n"
     "`offset` on. What takes `most` bytes of memory, about, is the last; `done` texts, all of each, were read and\n"
     "are taken off `texts`, and of the next one what stands before the new offset."},
    {"union", unite, METH_O,
     "union(blocks)\n--\n\n"
     "One block of all docids of a list of blocks, ascending, each once. A block is docids joined by TABs."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_kernel", "The index's inner loops, compiled.", -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__kernel(void)
{
    return PyModule_Create(&definition);
}
