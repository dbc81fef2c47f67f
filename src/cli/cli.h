/* SPDX-License-Identifier: MIT */
/** @file
 * Floor 10, private to the room: the frame around every command. A command is one cmd_<name>.c with one `cli_command`
 * that stands in the table of main.c; parsing, help, suggestions, files in parallel, messages and exit codes are the
 * frame's.
 */
#ifndef PM_CLI_H
#define PM_CLI_H

#include "cycle/cycle.h"
#include "read/read.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- options ------------------------------------------------------------------------------------------------ */

typedef enum cli_type {
    CLI_FLAG,    /**< bool */
    CLI_TEXT,    /**< const char * */
    CLI_TEXTS,   /**< cli_texts: may be given several times */
    CLI_WHOLE,   /**< int64_t, at least `least` */
    CLI_REAL,    /**< double, a bare number */
    CLI_KIND,    /**< pm_kind */
    CLI_QUANTITY /**< double in `unit`; "12 mg" is converted, a bare number is taken to be in `unit`; above zero */
} cli_type;

/** The values of an option that may be given several times, in their order. */
enum { CLI_TEXTS_MOST = 64 };
typedef struct cli_texts {
    int n;
    const char *text[CLI_TEXTS_MOST];
} cli_texts;

/** One option. The parser, the help and the suggestions all read it. */
typedef struct cli_option {
    const char *name;   /**< "--half" */
    const char *letter; /**< "-o", NULL = none */
    cli_type type;
    size_t offset;       /**< of the value in the arguments struct */
    const char *value;   /**< what help calls the value, "KIND"; NULL for flags */
    const char *unit;    /**< CLI_QUANTITY */
    const char *meaning; /**< one line of help */
    int64_t least;       /**< CLI_WHOLE */
    unsigned takes;      /**< shared options: the cli_command.takes that brings it */
} cli_option;

/** The shared options a command may take. --json, --quiet and --help come with each. */
enum {
    CLI_FILES = 1,      /**< --threads --strict */
    CLI_READING = 2,    /**< --format --dialect --map */
    CLI_CELL = 4,       /**< --kind --area --mass --dead-band */
    CLI_OUTPUT = 8,     /**< -o, --force */
    CLI_RECONCILE = 16, /**< --reconcile */
    CLI_FOLDERS = 32    /**< no option: an operand may be a folder, which stands for the records in it */
};

/** Values of the shared options; the first member of every arguments struct. Zero = not given. */
typedef struct cli_shared {
    bool json, quiet, strict, force, integrate, reconcile, help;
    int64_t threads;
    const char *output, *format, *dialect, *map;
    pm_kind kind;
    double area_cm2, mass_g, dead_band_A;
} cli_shared;

/* ---- commands ----------------------------------------------------------------------------------------------- */

typedef struct cli_call cli_call;

/** A command. `run` returns an error where nothing could be done (exit 2); files that fail are counted by
 *  cli_each_file. */
typedef struct cli_command {
    const char *name, *group; /**< group: the heading it stands under in the overview */
    const char *summary;      /**< one line */
    const char *operands;     /**< "FILE...", "" where it takes none */
    const char *details;      /**< further lines of help, NULL = none */
    const char *example;      /**< lines of help, each ends in '\n' */
    unsigned takes;
    int least, most;           /**< operands; most = -1: any number */
    const cli_option *options; /**< its own, ends with a name of NULL; NULL = none */
    size_t args_size;          /**< of the struct that begins with cli_shared */
    pm_status (*run)(cli_call *call, pm_error *err);
    bool (*takes_decks)(const void *args); /**< whether a folder stands for its decks; NULL = never */
} cli_command;

/** The commands, in the order of the overview; ends with NULL. */
extern const cli_command *const cli_commands[];

typedef struct cli_screen cli_screen;

/** One call of a command. */
struct cli_call {
    const cli_command *command;
    const void *args;         /**< the command's own struct */
    const cli_shared *shared; /**< its first member */
    int n_operands;
    const char *const *operands;
    const pm_run *run; /**< threads, cancel, progress */
    cli_screen *screen;
    void *own;        /**< what run leaves there for the files, which only look at it; NULL = nothing */
    int done, failed; /**< files */
    bool error_found; /**< a finding of severity error, for --strict */
    pm_out *out;      /**< of cli_print_files, for what csv writes file by file; NULL before */
};

/* ---- parsing and help --------------------------------------------------------------------------------------- */

/** Fills the arguments struct and the operands (room for argc of them) from argv[0..argc). */
PM_CHECK pm_status cli_parse(const cli_command *command, int argc, char *const argv[], void *args,
                             const char **operands, int *n_operands, pm_error *err);
/** Calls visit for each option that the command takes, its own first. */
typedef void (*cli_visit)(void *context, const cli_option *option);
void cli_visit_options(const cli_command *command, cli_visit visit, void *context);
/** NULL = no such command. */
const cli_command *cli_command_find(const char *name);
/** Fails with the nearest name of a command as hint. */
pm_status cli_command_unknown(const char *name, pm_error *err);
void cli_help_overview(pm_out *to);
void cli_help_command(const cli_command *command, pm_out *to);

/* ---- files -------------------------------------------------------------------------------------------------- */

/** One file of a call. */
typedef struct cli_file {
    const char *path;
    pm_run run;               /**< for this file alone */
    void *result;             /**< what `each` made of it; NULL where it failed */
    const pm_table *findings; /**< borrowed from the result; NULL = none */
    pm_error error;           /**< code 0 = fine */
} cli_file;

/** What is done with each file: `each` on several files at once, then `take` on this thread in the order given, also for
 *  those that failed; then the result is freed. A failure of `take` ends the call. */
typedef struct cli_work {
    void *context;
    pm_status (*each)(const cli_call *call, cli_file *file, pm_error *err);
    pm_status (*take)(cli_call *call, cli_file *file, void *context, pm_error *err);
    void (*free_result)(void *result);
    bool silent; /**< findings are not printed on stderr: the command's own output shows them */
} cli_work;
PM_CHECK pm_status cli_each_file(cli_call *call, const cli_work *work, pm_error *err);

/** What a command prints of its files: a JSON document with an entry for each, or csv when all are there. `add` is told
 *  of each that went well, in the order given, for both; `json` writes what stands behind path and status of its entry,
 *  `json_rest` what stands behind the entries. Where all have failed there is no csv and no rest. add, json_rest: NULL =
 *  nothing. */
typedef struct cli_document {
    void *context; /**< the command's own, for all files */
    pm_status (*each)(const cli_call *call, cli_file *file, pm_error *err);
    void (*free_result)(void *result);
    pm_status (*add)(cli_call *call, const cli_file *file, void *context, pm_error *err);
    void (*json)(const cli_call *call, const void *result, pm_json *json);
    pm_status (*json_rest)(cli_call *call, void *context, pm_json *json, pm_error *err);
    pm_status (*csv)(cli_call *call, void *context, pm_out *out, pm_error *err);
} cli_document;
PM_CHECK pm_status cli_print_files(cli_call *call, const cli_document *document, pm_error *err);
/** Paths, the struct's own. */
typedef struct cli_paths {
    char **path;
    int64_t n, room;
} cli_paths;
void cli_paths_clear(cli_paths *paths);
/** The operands with each folder's files of records in its place (or its tables of cycles, where it holds none; or its decks,
 *  *.yaml, *.yml and *.json), by name; folders within are not entered. Left out are
 *  hidden files, sidecars, truth tables and what the reader takes for something else or cannot understand; how many is
 *  noted. PM_ERR_DATA where a folder holds no records. */
PM_CHECK pm_status cli_expand_folders(const cli_call *call, cli_paths *out, pm_error *err);

/** The file's name up to its first dot: what a cell is called that nobody has named. */
void cli_stem(const char *path, char *out, size_t room);
/** For options of whole numbers that go to the library as int. */
int cli_at_most(int64_t value);

/* ---- output ------------------------------------------------------------------------------------------------- */

/** Where the command writes: -o, else standard output. */
PM_CHECK pm_status cli_output(const cli_call *call, pm_out **out, pm_error *err);
/** {"schema": "premortem.<command>/1", "version": ...; the caller goes on and closes with pm_json_end. */
pm_json cli_json_open(const cli_call *call, pm_out *to);
/** "path" and "status"; where the file failed also "error". Returns whether there is more to say. */
bool cli_json_file(pm_json *json, const cli_file *file);
void cli_json_findings(pm_json *json, const char *key, const pm_table *findings);
/** The code of the first error among the findings that was not repaired, NULL = none; *reconcilable: whether it can be. */
const char *cli_first_error(const pm_table *findings, bool *reconcilable);
/** Text of a file or a path for a terminal: control characters and bytes that are not UTF-8 as \xNN. */
void cli_plain(pm_out *to, const char *text);
/** "1,075,900" */
void cli_grouped(int64_t value, char text[32]);
/** "2 d 3 h", "45 min", "3.2 s" */
void cli_duration(double second, char text[32]);

/* ---- stderr ------------------------------------------------------------------------------------------------- */

/** Messages and the progress bar, which shows only on a terminal and for work longer than half a second. Any thread. */
PM_CHECK pm_status cli_screen_new(const char *command, bool quiet, cli_screen **out, pm_error *err);
/** `premortem <command>: <file>:<line>: <message> (<hint>)` */
void cli_screen_error(cli_screen *screen, const pm_error *error);
/** The findings of severity error and warning, one line each, at most eight. */
void cli_screen_findings(cli_screen *screen, const char *path, const pm_table *findings);
/** `premortem <command>: <path>: note: <message>` unless --quiet. */
void cli_screen_note(cli_screen *screen, const char *path, const char *message);
/** How many pieces of work (files) progress is shared among, and how much of one is done. */
void cli_screen_pieces(cli_screen *screen, int64_t pieces);
void cli_screen_piece_done(cli_screen *screen);
/** pm_run.progress; its context is a cli_screen. */
void cli_screen_progress(void *screen, const char *what, double part);
/** Takes the bar off before something else is printed. */
void cli_screen_clear(cli_screen *screen);
void cli_screen_free(cli_screen *screen);
PM_SCOPED(cli_screen, cli_screen_free)

#ifdef __cplusplus
}
#endif
#endif
