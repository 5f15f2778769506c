/* The module of the index's inner loops, each in a file of its own. */

#include <Python.h>

PyObject *gather(PyObject *module, PyObject *args);
PyObject *unite(PyObject *module, PyObject *blocks);

static PyMethodDef methods[] = {
    {"gather", gather, METH_VARARGS,
     "gather(docids, texts, separators, secret)\n--\n\n"
     "The docids of each distinct raw token of the texts, in their order: {token: [docid, ...]}; `texts` is emptied."},
    {"union", unite, METH_O,
     "union(blocks)\n--\n\n"
     "One block of all docids of a list of blocks, in order, each once."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_kernel", "The index's inner loops, compiled.", -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__kernel(void)
{
    return PyModule_Create(&definition);
}
