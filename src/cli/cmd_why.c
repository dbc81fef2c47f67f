/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"
#include "cli/reason.h"

#include <stdlib.h>
#include <string.h>

typedef struct why_args {
    cli_shared shared;
    cli_texts observations, conditions, changes;
    const char *electrolyte, *edge, *node, *graph;
    bool list, words;
} why_args;
static const cli_option options[] = {
    {"--observe", NULL, CLI_TEXTS, offsetof(why_args, observations), "X=Y", NULL,
     "what was seen, as in polarisation=rising; may be given several times", 0, 0},
    {"--condition", NULL, CLI_TEXTS, offsetof(why_args, conditions), "C", NULL,
     "circumstance, as in low-np or n-to-p=down; may be given several times", 0, 0},
    {"--electrolyte", NULL, CLI_TEXT, offsetof(why_args, electrolyte), "E", NULL, "liquid (unless given) or solid", 0,
     0},
    {"--change", NULL, CLI_TEXTS, offsetof(why_args, changes), "P=up|down", NULL,
     "what a changed parameter stresses and relieves; may be given several times", 0, 0},
    {"--edge", NULL, CLI_TEXT, offsetof(why_args, edge), "A,B", NULL, "what the graph says from A to B", 0, 0},
    {"--node", NULL, CLI_TEXT, offsetof(why_args, node), "N", NULL, "what the graph says of a node", 0, 0},
    {"--graph-list", NULL, CLI_FLAG, offsetof(why_args, list), NULL, NULL,
     "all edges as csv; with --json nodes, signs, the table and rules too", 0, 0},
    {"--words", NULL, CLI_FLAG, offsetof(why_args, words), NULL, NULL,
     "what can be observed, named as condition and changed, as csv", 0, 0},
    {"--graph", NULL, CLI_TEXT, offsetof(why_args, graph), "FILE", NULL, "another graph and other numbers (YAML)", 0,
     0},
    {0},
};

/** What a call works with; the files share it. */
typedef struct page {
    pm_why *graph;
    pm_why_case told;
    pm_why_change changes[CLI_TEXTS_MOST];
    pm_why_effects effects;
    pm_out *out;
    pm_json json;
    int printed;
} page;

static void page_leave(page *p)
{
    pm_why_effects_clear(&p->effects);
    pm_why_free(p->graph);
    pm_out_free(p->out);
}

/* ---- words to a case -------------------------------------------------------------------------------------------- */

static pm_status electrolyte_of(const why_args *args, pm_why_electrolyte *out, pm_error *err)
{
    *out = PM_WHY_LIQUID;
    if (!args->electrolyte || !strcmp(args->electrolyte, "liquid")) return PM_OK;
    *out = PM_WHY_SOLID;
    if (!strcmp(args->electrolyte, "solid")) return PM_OK;
    return pm_fail(err, PM_ERR_ARGUMENT, "--electrolyte is liquid or solid, not '%s'", args->electrolyte);
}

static pm_status listen(const why_args *args, page *p, pm_error *err)
{
    pm_why_electrolyte electrolyte;
    pm_status s = electrolyte_of(args, &electrolyte, err);

    if (s) return s;
    p->told = pm_why_case_start(p->graph, electrolyte);
    for (int i = 0; i < args->observations.n; i++)
        if ((s = pm_why_observe(&p->told, args->observations.text[i], "told", err))) return s;
    for (int i = 0; i < args->conditions.n; i++)
        if ((s = pm_why_condition(&p->told, args->conditions.text[i], err))) return s;
    for (int i = 0; i < args->changes.n; i++)
        if ((s = pm_why_change_parse(p->graph, args->changes.text[i], &p->changes[i], err))) return s;
    return pm_why_effects_of(p->graph, electrolyte, args->changes.n, p->changes, &p->effects, err);
}

/* ---- the graph -------------------------------------------------------------------------------------------------- */

/* Fails where there is none, with where edges from A lead. */
static pm_status check_edge(const cli_edges *wanted, const char *text, pm_error *err)
{
    int n, n_nodes;
    const pm_why_edge *edges = pm_why_edges(wanted->graph, &n);
    const pm_why_node *nodes = pm_why_nodes(wanted->graph, &n_nodes);
    char hint[160] = "";
    size_t used = 0;

    for (int i = 0; i < n; i++) {
        if (cli_edge_wanted(wanted, &edges[i])) return PM_OK;
        if (edges[i].from != wanted->a || used >= sizeof hint) continue;
        used += (size_t)snprintf(hint + used, sizeof hint - used, "%s%s", used ? " " : "it leads to ",
                                 nodes[edges[i].to].id);
    }
    return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), used ? hint : "no edge begins there",
                      "the graph has no edge from A to B of '%s'", text);
}

static pm_status edge_of(const why_args *args, const pm_why *graph, cli_edges *out, pm_error *err)
{
    const char *comma = args->edge ? strchr(args->edge, ',') : NULL;
    pm_status s;

    *out = (cli_edges){graph, -1, -1};
    if (args->node) return pm_why_find(graph, args->node, &out->a, err);
    if (!args->edge) return PM_OK;
    if (!comma) return pm_fail(err, PM_ERR_ARGUMENT, "--edge takes two nodes, as in 9,10, not '%s'", args->edge);
    pm_scoped_text from = pm_text_copy(args->edge, comma - args->edge);
    if (!from) return pm_fail(err, PM_ERR_MEMORY, "no memory");
    if ((s = pm_why_find(graph, from, &out->a, err))) return s;
    if ((s = pm_why_find(graph, comma + 1, &out->b, err))) return s;
    return check_edge(out, args->edge, err);
}

static pm_status print_table(const pm_why *graph, pm_status (*make)(const pm_why *, pm_table **, pm_error *),
                             pm_out *out, pm_error *err)
{
    pm_scoped(pm_table) table = NULL;
    pm_status s = make(graph, &table, err);

    if (!s) pm_table_write_csv(table, true, out);
    return s;
}

static pm_status words_json(const pm_why *graph, pm_json *json, pm_error *err)
{
    pm_scoped(pm_table) table = NULL;
    pm_status s = pm_why_word_table(graph, &table, err);

    if (s) return s;
    pm_json_array(json, "words");
    pm_table_write_json(table, json);
    pm_json_end(json);
    return PM_OK;
}

static pm_status show_graph(const cli_call *call, page *p, pm_error *err)
{
    const why_args *args = call->args;
    cli_edges wanted;
    pm_status s = edge_of(args, p->graph, &wanted, err);

    if (s || (s = cli_output(call, &p->out, err))) return s;
    if (call->shared->json) {
        p->json = cli_json_open(call, p->out);
        pm_json_text(&p->json, "graph_version", pm_why_version(p->graph));
        if (args->words)
            s = words_json(p->graph, &p->json, err);
        else
            cli_graph_json(&wanted, &p->json);
        pm_json_end(&p->json);
    } else if (args->words || args->list) {
        s = print_table(p->graph, args->words ? pm_why_word_table : pm_why_edge_table, p->out, err);
    } else if (args->node) {
        cli_node_print(p->graph, wanted.a, p->out);
    } else {
        cli_edges_print(&wanted, p->out);
    }
    return s ? s : pm_out_commit(p->out, err);
}

/* ---- cells ------------------------------------------------------------------------------------------------------ */

static pm_status each(const cli_call *call, cli_file *file, pm_error *err)
{
    const page *p = call->own;
    cli_cell_want want = {.label = true, .stages = true, .foil = true, .tables = true};
    pm_scoped(cli_reason) r = calloc(1, sizeof *r);
    pm_status s;

    if (!r) return pm_fail(err, PM_ERR_MEMORY, "no memory");
    want.labels = pm_life_label_defaults(NULL);
    r->known = p->told;
    if ((s = cli_cell_of(call, file, &want, &r->cell, err))) return s;
    if ((s = cli_reason_measure(r->cell, &r->known, err))) return s;
    if ((s = pm_why_answer_new(&r->known, &r->answer, err))) return s;
    file->findings = r->cell->analysis->findings;
    file->result = r;
    r = NULL;
    return PM_OK;
}

static pm_status take(cli_call *call, cli_file *file, void *context, pm_error *err)
{
    page *p = context;
    const cli_reason *r = file->result;

    (void)err;
    if (call->shared->json) {
        pm_json_object(&p->json, NULL);
        if (cli_json_file(&p->json, file)) {
            pm_json_text(&p->json, "sha256", r->cell->analysis->facts->sha256);
            pm_json_text(&p->json, "kind", pm_kind_name(r->cell->summary.kind));
            cli_reason_json(r, &p->json);
            cli_json_findings(&p->json, "findings", r->cell->analysis->findings);
        }
        pm_json_end(&p->json);
    } else if (r) {
        if (p->printed++) pm_out_text(p->out, "\n");
        cli_plain(p->out, file->path);
        pm_out_text(p->out, "\n");
        cli_reason_print(r, p->out);
    }
    return PM_OK;
}

static pm_status answer_told(cli_call *call, page *p, pm_error *err)
{
    cli_reason r = {.known = p->told};
    pm_status s = pm_why_answer_new(&r.known, &r.answer, err);

    if (s) return s;
    if (call->shared->json)
        cli_reason_json(&r, &p->json);
    else
        cli_reason_print(&r, p->out);
    p->printed++;
    pm_why_answer_free(r.answer);
    return PM_OK;
}

static pm_status answer_files(cli_call *call, page *p, pm_error *err)
{
    cli_work work = {p, each, take, cli_reason_free, false};
    pm_status s;

    call->own = p;
    if (call->shared->json) pm_json_array(&p->json, "files");
    s = cli_each_file(call, &work, err);
    if (call->shared->json) pm_json_end(&p->json);
    return s;
}

static void show_effects(const cli_call *call, page *p)
{
    const why_args *args = call->args;

    if (!args->changes.n) return;
    if (call->shared->json) {
        cli_effects_json(p->graph, p->changes, &p->effects, &p->json);
    } else {
        if (p->printed) pm_out_text(p->out, "\n");
        cli_effects_print(p->graph, p->changes, &p->effects, p->out);
    }
}

static pm_status reason(cli_call *call, page *p, pm_error *err)
{
    const why_args *args = call->args;
    pm_status s;

    if ((s = listen(args, p, err))) return s;
    if ((s = cli_output(call, &p->out, err))) return s;
    if (call->shared->json) {
        p->json = cli_json_open(call, p->out);
        pm_json_text(&p->json, "graph_version", pm_why_version(p->graph));
    }
    if (call->n_operands)
        s = answer_files(call, p, err);
    else if (args->observations.n || args->conditions.n)
        s = answer_told(call, p, err);
    if (s) return s;
    show_effects(call, p);
    if (call->shared->json) pm_json_end(&p->json);
    if (!call->shared->json && call->n_operands && !call->done) return PM_OK; /* nothing to print */
    return pm_out_commit(p->out, err);
}

static pm_status run(cli_call *call, pm_error *err)
{
    const why_args *args = call->args;
    __attribute__((__cleanup__(page_leave))) page p = {0};
    int asked = (args->edge != NULL) + (args->node != NULL) + args->list + args->words;
    bool cell = call->n_operands || args->observations.n || args->conditions.n || args->changes.n;
    pm_status s;

    if (asked > 1 || (asked && cell))
        return pm_fail(err, PM_ERR_ARGUMENT, "--edge, --node, --graph-list and --words go alone");
    if (!asked && !cell)
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "see premortem why --help",
                          "needs FILE, --observe, --change, --edge, --node, --graph-list or --words");
    if ((s = args->graph ? pm_why_read(args->graph, &p.graph, err) : pm_why_new(&p.graph, err))) return s;
    return asked ? show_graph(call, &p, err) : reason(call, &p, err);
}

const cli_command cmd_why = {
    .name = "why",
    .group = "Cells",
    .summary = "mechanisms that fit what was seen, what would tell them apart, what a change stresses",
    .operands = "[FILE|DIR...]",
    .details =
        "Reasons over the degradation graph of two reviews. From what is told, or read off whole lives in FILEs, to "
        "the\n"
        "mechanisms that fit, with the evidence for and against each and the measurement that would tell them apart; "
        "from\n"
        "a changed parameter to the aspects it stresses and relieves. Every edge has its sentence and source. The\n"
        "probabilities follow one rule (docs/why.md): they order candidates and are no measured frequencies.\n",
    .example = "  premortem why --observe polarisation=rising --observe swelling=yes --condition low-ec\n"
               "  premortem why --electrolyte solid --observe resistance=continuous-rise cell.csv\n"
               "  premortem why --change areal-loading=up --change n-to-p=down\n"
               "  premortem why --edge 9,10\n",
    .takes = CLI_FILES | CLI_FOLDERS | CLI_READING | CLI_CELL | CLI_RECONCILE | CLI_OUTPUT,
    .least = 0,
    .most = -1,
    .options = options,
    .args_size = sizeof(why_args),
    .run = run,
};
