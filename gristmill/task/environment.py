"""The environment of a task: the variables that say which task it is and what it reads.

Hadoop Streaming sets a variable for each setting, with underscores for the dots of its name; every runner does.
"""

#: The variable that holds a map task's input file as the user named it; empty: standard input, or a step's output.
INPUT_NAME = "gristmill_input_name"

#: The folder of a task's working directory that holds the modules of its job that are the user's, unpacked.
PACKAGE = "gristmill-package"

#: Settings of a task, as jobconf names them; `variable` gives their names in its environment.
JOB_ID = "mapreduce.job.id"
TASK_ID = "mapreduce.task.id"
ATTEMPT_ID = "mapreduce.task.attempt.id"
IS_MAP = "mapreduce.task.ismap"
PARTITION = "mapreduce.task.partition"
LOCAL_DIR = "mapreduce.job.local.dir"
#: A map task's alone: the URI of its input file; the first byte and the length of its split, in bytes.
INPUT_FILE = "mapreduce.map.input.file"
INPUT_START = "mapreduce.map.input.start"
INPUT_LENGTH = "mapreduce.map.input.length"

#: The setting of a job that says what ends a record of its input, where that is no end of a line.
DELIMITER = "textinputformat.record.delimiter"

#: The setting of a job that says how many bytes a split of a plain file has at least.
MIN_SPLIT = "mapreduce.input.fileinputformat.split.minsize"
#: The setting by which no file is split.
WHOLE_FILES = {MIN_SPLIT: str((1 << 63) - 1)}


def variable(setting: str) -> str:
    """The name of the variable that holds a setting."""
    return setting.replace(".", "_")
