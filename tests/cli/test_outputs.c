/* SPDX-License-Identifier: MIT */
/* What the commands print, as a script would use it: JSON against schema/, numbers against how the files were made. */
#include "documents.h"

#include "early/early.h"
#include "read/read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void info_keeps_to_its_schema(void **state)
{
    (void)state;
    pm_scoped(pm_doc) doc =
        document("$premortem info --json $files/full.csv nowhere.csv $files/sidecar/cell.csv 2>/dev/null", "info",
                 "error parts", 1);
    const pm_node *full = file_of(doc, 0), *cell = file_of(doc, 2);
    assert_word(full, "content", "records");
    assert_true(number(full, "rows") == 110);
    assert_int_equal(pm_node_count(pm_node_find(full, "columns")), 4);
    assert_true(number(full, "test_time_first_second") == 1);
    assert_true(number(full, "voltage_minimum_volt") == 3.2);
    assert_true(number(full, "current_maximum_ampere") == 0.5);
    assert_true(number(full, "current_minimum_ampere") == -0.5);
    assert_true(number(full, "cycle_count_vendor") == 2);
    assert_true(number(full, "cycle_count") == 2);
    assert_true(number(full, "half_cycles") == 4);
    assert_word(file_of(doc, 1), "status", "failed");
    assert_word(pm_node_find(file_of(doc, 1), "error"), "code", "io");
    assert_word(cell, "kind", "li-cu");
    assert_word(cell, "kind_source", "sidecar");
    assert_true(number(cell, "area_cm2") == 2);
}

static void a_deep_look_names_the_parts(void **state)
{
    (void)state;
    pm_scoped(pm_doc) doc = document("$premortem info --deep --json $files/full.csv", "info", "error", 0);
    assert_int_equal(pm_node_count(pm_node_find(file_of(doc, 0), "parts")), 1);
}

static void the_sha256_is_that_of_the_file(void **state)
{
    (void)state;
    int exit_code = 0;
    char *text = output_of("sha256sum $files/full.csv", &exit_code);
    pm_scoped(pm_doc) doc = document("$premortem info --json - < $files/full.csv", "info", "error parts", 0);
    text[64] = 0;
    assert_word(file_of(doc, 0), "sha256", text);
    free(text);
}

/* The files were made with 1 mA for an hour and for 11/12 h; a change of current takes 1 s, so 1 s in 3300 is open. */
static void cycles_keeps_to_its_schema(void **state)
{
    (void)state;
    pm_scoped(pm_doc) doc =
        document("$premortem cycles --json --quiet --kind li-cu --area 2 --mass '5 mg' $files/licu.csv", "cycles",
                 "error half_cycles reservoir", 0);
    const pm_node *file = file_of(doc, 0), *cycles = pm_node_find(file, "cycles");
    assert_word(file, "formula", "stripped/plated");
    assert_word(file, "kind_source", "user");
    assert_int_equal(pm_node_count(cycles), 3);
    for (int64_t i = 0; i < 3; i++) {
        const pm_node *cycle = pm_node_item(cycles, i);
        assert_true(number(cycle, "cycle_count") == (double)(i + 1));
        assert_close(number(cycle, "plating_capacity_ah"), 1e-3, 1.0 / 3300, 0);
        assert_close(number(cycle, "stripping_capacity_ah"), 11e-3 / 12, 1.0 / 3300, 0);
        assert_close(number(cycle, "coulombic_efficiency"), 11.0 / 12, 2.0 / 3300, 0);
        assert_close(number(cycle, "plating_capacity_ah_per_cm2"), 0.5e-3, 1.0 / 3300, 0);
    }
    assert_close(number(pm_node_find(file, "summary"), "coulombic_efficiency_mean"), 11.0 / 12, 2.0 / 3300, 0);
}

static void half_cycles_keeps_to_its_schema(void **state)
{
    (void)state;
    pm_scoped(pm_doc) doc =
        document("$premortem cycles --json --quiet --half --kind li-ion $files/full.csv nowhere.csv "
                 "2>/dev/null",
                 "cycles", "error cycles reservoir", 1);
    const pm_node *half_cycles = pm_node_find(file_of(doc, 0), "half_cycles");
    assert_int_equal(pm_node_count(half_cycles), 4);
    assert_word(pm_node_item(half_cycles, 0), "direction", "charge");
    assert_word(pm_node_item(half_cycles, 3), "direction", "discharge");
    assert_close(number(pm_node_item(half_cycles, 0), "capacity_ah"), 1, 1.0 / 3300, 0);
    assert_close(number(pm_node_item(half_cycles, 1), "capacity_ah"), 0.875, 1.0 / 3300, 0);
}

static void version_and_report_keep_to_their_schemas(void **state)
{
    (void)state;
    pm_scoped(pm_doc) version = document("$premortem version --json", "version", "", 0);
    assert_word(pm_doc_root(version), "version", pm_version());
    pm_scoped(pm_doc) report =
        document("d=$(mktemp -d); $premortem report --json --quiet $files/full.csv nowhere.csv -o $d/r/report.html "
                 "2>/dev/null; e=$?; test -s $d/r/report.html || e=9; rm -r $d; exit $e",
                 "report", "error no_stages reserve", 1);
    const pm_node *life = pm_node_find(file_of(report, 0), "life");
    assert_true(number(life, "cycles") == 2);
    assert_int_equal(pm_node_kind(pm_node_find(life, "label")), PM_NODE_NULL); /* two cycles are too few for one */
    assert_non_null(strstr(pm_node_text(pm_node_find(pm_doc_root(report), "report"), ""), "/r/report.html"));
}

/* Stages, mechanisms and the design stand in JSON as they do on the page; N/P 2 with its convention, as told. */
static void report_tells_stages_mechanisms_and_a_design(void **state)
{
    (void)state;
    pm_scoped(pm_doc) report = document(
        "d=$(mktemp -d); $premortem virtual demo --quiet -o $d/lab --cycles 24 > /dev/null; $premortem design "
        "--example > $d/c.yaml; $premortem report --json --quiet --n-to-p 3 --n-to-p-convention total --design "
        "$d/c.yaml $d/lab/li-cathode.bdf.csv -o $d/out; e=$?; rm -r $d; exit $e",
        "report", "error", 0);
    const pm_node *reserve = pm_node_find(file_of(report, 0), "reserve");
    const pm_node *why = pm_node_find(file_of(report, 0), "why");
    const pm_node *design = pm_node_find(pm_doc_root(report), "design");
    assert_true(number(reserve, "n_to_p_ratio") == 3);
    assert_string_equal(pm_node_text(pm_node_find(reserve, "n_to_p_convention"), ""), "total");
    assert_int_equal(pm_node_count(pm_node_find(reserve, "stages")), 4);
    assert_true(pm_node_count(pm_node_find(why, "observations")) > 0);
    assert_true(fabs(number(design, "specific_energy_wh_per_kg") - 346.7) < 0.05);
    assert_true(pm_node_count(pm_node_find(design, "front")) > 10);
}

/* The lab goes into a folder of its own, which is gone again before the output is looked at. */
static void virtual_keeps_to_its_schema(void **state)
{
    (void)state;
    pm_scoped(pm_doc) lab = document(
        "lab=$(mktemp -d) && $premortem virtual lab --electrolytes 2 --cells 1 --cycles 2 --faults jitter --json "
        "-o $lab && rm -r $lab",
        "virtual", "", 0);
    assert_int_equal(pm_node_count(pm_node_find(pm_doc_root(lab), "files")), 2);
    assert_word(file_of(lab, 1), "electrolyte_id", "e002-ether");
    assert_true(number(file_of(lab, 1), "cycle_count_end") == 2);
    pm_scoped(pm_doc) demo =
        document("lab=$(mktemp -d) && $premortem virtual demo --cycles 1 --json -o $lab && rm -r $lab", "virtual",
                 "cell_id electrolyte_id family label end faults cycle_count_end short_cycle cycles "
                 "rows",
                 0);
    assert_word(file_of(demo, 0), "kind", "li-cu");
    pm_scoped(pm_doc) table = document("$premortem virtual parameters --json", "virtual", "", 0);
    assert_true(pm_node_count(pm_node_find(pm_doc_root(table), "parameters")) > 50);
}

/* Three cycles are too few for a short to show. */
static void short_keeps_to_its_schema(void **state)
{
    (void)state;
    pm_scoped(pm_doc) doc = document(
        "$premortem short --json --quiet --kind li-cu $files/licu.csv nowhere.csv 2>/dev/null", "short", "error", 1);
    const pm_node *file = file_of(doc, 0);
    assert_word(file, "kind", "li-cu");
    assert_int_equal(pm_node_count(pm_node_find(file, "alarms")), 0);
    assert_true(number(file, "levels") == 0);
    assert_non_null(strstr(pm_node_text(pm_node_find(file, "suspicion"), ""), "nothing was watched"));
}

/* Two cells of A, one of B that is the same file, and one without an electrolyte. */
static void compare_keeps_to_its_schema(void **state)
{
    (void)state;
    pm_scoped(pm_doc) doc = document(
        "d=$(mktemp -d); for c in a b c; do cp $files/licu.csv $d/$c.csv; e=A; test $c = c && e=B; "
        "printf 'kind: li-cu\\narea: 2 cm2\\nelectrolyte: %s\\n' $e > $d/$c.cell.yaml; done; "
        "cp $files/licu.csv $d/d.csv; "
        "$premortem compare --json --quiet --first-cycle 1 --kind li-cu --area 2 $d/*.csv; e=$?; rm -r $d; exit $e",
        "compare", "error", 0);
    const pm_node *root = pm_doc_root(doc), *groups = pm_node_find(root, "groups");
    assert_int_equal(pm_node_count(pm_node_find(root, "cells")), 4);
    assert_int_equal(pm_node_count(groups), 2);
    const pm_node *first = pm_node_item(groups, 0), *left_out = pm_node_item(pm_node_find(root, "excluded"), 0);
    assert_word(first, "electrolyte_id", "A");
    assert_true(number(first, "cells") == 2);
    assert_close(number(first, "coulombic_efficiency_mean"), 11.0 / 12, 2.0 / 3300, 0);
    assert_close(number(first, "irreversible_capacity_ah_per_cm2_mean"), 3 * 1e-3 / 12 / 2, 2.0 / 300, 0);
    assert_close(number(first, "current_density_ampere_per_cm2"), 5e-4, 1e-3, 0);
    assert_word(left_out, "cell_id", "d");
    assert_non_null(strstr(pm_node_text(pm_node_find(left_out, "reason"), ""), "no electrolyte"));
    assert_true(number(pm_node_item(pm_node_find(root, "differences"), 0), "difference") == 0);
}

/* Three equal cycles: 1 h of plating, 11/12 h of stripping. */
static void fingerprint_keeps_to_its_schema(void **state)
{
    (void)state;
    pm_scoped(pm_doc) doc = document("$premortem fingerprint --json --quiet --kind li-cu $files/licu.csv nowhere.csv "
                                     "2>/dev/null",
                                     "fingerprint",
                                     "error label cycle_count_end censored cycle_count_80_percent "
                                     "cycle_count_80_percent_censored cycle_count_elbow cycle_count_elbow_censored "
                                     "criterion thresholds reconstruction",
                                     1);
    const pm_node *file = file_of(doc, 0), *features = pm_node_find(file, "features");
    int n;
    pm_feature_catalogue(&n);
    assert_word(file, "cell_id", "licu");
    assert_word(file, "kind_source", "user");
    assert_int_equal(pm_node_count(features), n);
    assert_close(number(features, "coulombic_efficiency_first"), 11.0 / 12, 2.0 / 3300, 0);
    assert_close(number(features, "coulombic_efficiency_change"), 0, 0, 1e-3);
    assert_close(number(features, "hysteresis_ratio"), 1, 1e-9, 0);
    pm_scoped(pm_doc) labelled =
        document("$premortem fingerprint --label --window 1 --reference 1 --json --quiet --kind li-cu $files/licu.csv",
                 "fingerprint", "error", 0);
    assert_word(file_of(labelled, 0), "label", "censored");
    assert_true(pm_node_bool(pm_node_find(file_of(labelled, 0), "whole"), false));
    assert_int_equal(strlen(pm_node_text(pm_node_find(file_of(labelled, 0), "sha256"), "")), 64);
}

static void the_catalogue_keeps_to_its_schema(void **state)
{
    (void)state;
    pm_scoped(pm_doc) doc = document("$premortem fingerprint --catalogue --json", "fingerprint", "", 0);
    const pm_node *list = pm_node_find(pm_doc_root(doc), "catalogue");
    int n;
    const pm_feature *all = pm_feature_catalogue(&n);
    assert_int_equal(pm_node_count(list), n);
    assert_word(pm_node_item(list, n - 1), "name", all[n - 1].name);
    assert_word(pm_node_item(list, 0), "kinds", "li-cu li-li");
}

static void label_keeps_to_its_schema(void **state)
{
    (void)state;
    pm_scoped(pm_doc) doc =
        document("$premortem label --sensitivity --json --quiet --kind li-cu --window 1 --reference 1 "
                 "--efficiency 0.08 $files/licu.csv nowhere.csv 2>/dev/null",
                 "label", "error", 1);
    const pm_node *file = file_of(doc, 0), *thresholds = pm_node_find(file, "thresholds");
    assert_word(file, "label", "censored");
    assert_true(number(file, "cycle_count_end") == 3);
    assert_true(number(thresholds, "coulombic_efficiency") == 0.08);
    assert_true(number(thresholds, "polarisation") == 0.75);
    assert_true(pm_node_bool(pm_node_find(file, "reconstruction"), false));
    const pm_node *first = pm_node_item(pm_node_find(pm_doc_root(doc), "sensitivity"), 0);
    assert_word(first, "varied", "none");
    assert_true(number(first, "censored") == 1 && number(first, "moved") == 0);
}

static void life_keeps_to_its_schema(void **state)
{
    (void)state;
    pm_scoped(pm_doc) cells = document(
        "d=$(mktemp -d); awk 'BEGIN { print \"cycle_count,discharging_capacity_ah,coulombic_efficiency\"; "
        "for (n = 1; n <= 60; n++) print n \",.004,.999\" }' > $d/c.csv; "
        "$premortem life --json --n-to-p 2 $d/c.csv nowhere.csv 2>/dev/null; e=$?; rm -r $d; exit $e",
        "life",
        "error sha256 format findings product_of_efficiencies cycle_life_low cycle_life_high cycle_life_lithium "
        "cycle_life_cathode cycle_life_retention swelling_um coulombic_efficiency_lithium_needed "
        "probability_lithium probability_electrolyte probability_cathode target_forbidden_by target_cycles_most",
        1);
    assert_word(file_of(cells, 0), "n_to_p_convention", "foil");
    assert_true(number(file_of(cells, 0), "cycles") == 60);
}

/* ---- prediction --------------------------------------------------------------------------------------------- */

/* A folder with t.csv, 24 cells of 8 electrolytes: `a` tells the classes apart and is life's line, `b` is neither. */
#define TABLE                                                                                                          \
    "d=$(mktemp -d); awk 'BEGIN { print \"cell_id,electrolyte_id,a,b,label,life\"; for (i = 0; i < 24; i++) "          \
    "printf \"c%d,e%d,%g,%g,%s,%g\\n\", i, i % 8, (i % 3 > 0) + i / 100, cos(i), i % 3 ? \"kdf\" : \"rdf\", "          \
    "3 + 2 * ((i % 3 > 0) + i / 100) }' > $d/t.csv; "
#define REMOVED "; e=$?; rm -r $d; exit $e"

static void train_keeps_to_its_schema(void **state)
{
    (void)state;
    pm_scoped(pm_doc) classes =
        document(TABLE "awk -F, -v OFS=, 'NR > 1 { $1 = \"n\" $1; $4 += 0.001 } 1' $d/t.csv > $d/new.csv; "
                       "$premortem train --json --quiet --compare --bootstraps 20 --learner forest "
                       "--table $d/t.csv --test $d/new.csv -o $d/m.json nowhere.csv 2>/dev/null" REMOVED,
                 "train", "error", 1);
    const pm_node *root = pm_doc_root(classes), *data = pm_node_find(root, "data");
    assert_true(number(data, "rows") == 24 && number(data, "groups") == 8);
    assert_word(pm_node_item(pm_node_find(data, "classes"), 0), "class", "kdf");
    assert_true(number(pm_node_item(pm_node_find(data, "classes"), 0), "rows") == 16);
    assert_int_equal(pm_node_count(pm_node_find(root, "held_out")), 24);
    assert_int_equal(pm_node_count(pm_node_find(root, "tests")), 1);
    assert_true(number(pm_node_find(pm_node_find(root, "evaluation"), "macro_f1"), "value") == 1);
    pm_scoped(pm_doc) numbers =
        document(TABLE "$premortem train --json --quiet --learner linear --penalty 0 --target life "
                       "--features a,b --table $d/t.csv" REMOVED,
                 "train", "", 0);
    pm_scoped(pm_doc) none = document("$premortem train --json --quiet nowhere.csv 2>/dev/null", "train", "", 2);
    assert_word(file_of(none, 0), "status", "failed");
    const pm_node *lines = pm_node_find(pm_doc_root(numbers), "coefficients");
    assert_close(number(pm_node_item(lines, 0), "coefficient"), 2, 1e-9, 0);
    assert_close(number(pm_node_item(lines, 1), "coefficient"), 0, 0, 1e-9);
    assert_close(number(pm_node_item(lines, 2), "coefficient"), 3, 1e-9, 0);
}

static void predict_keeps_to_its_schema(void **state)
{
    (void)state;
    pm_scoped(pm_doc) table =
        document(TABLE "$premortem train --quiet --bootstraps 20 --learner forest --features a,b "
                       "--table $d/t.csv -o $d/m.json >$d/e.csv && "
                       "$premortem predict --json --quiet --model $d/m.json --table $d/t.csv" REMOVED,
                 "predict", "error alarm alarms suspicion", 0);
    assert_int_equal(pm_node_count(pm_node_find(pm_doc_root(table), "files")), 24);
    assert_word(file_of(table, 3), "label", "rdf");
    assert_true(number(file_of(table, 3), "row") == 4);
    assert_true(isnan(number(pm_node_find(file_of(table, 3), "probability"), "short")));
    assert_word(pm_node_item(pm_node_find(file_of(table, 3), "decided_by"), 0), "feature", "a");
    assert_word(pm_node_find(file_of(table, 3), "model"), "trained_on", "measured");
    pm_scoped(pm_doc) file =
        document("$premortem predict --json --quiet --kind li-li $files/licu.csv nowhere.csv 2>/dev/null", "predict",
                 "error", 1);
    assert_true(pm_node_kind(pm_node_find(file_of(file, 0), "label")) == PM_NODE_NULL);
    assert_true(pm_node_kind(pm_node_find(file_of(file, 0), "model")) == PM_NODE_NULL);
    assert_non_null(strstr(pm_node_text(pm_node_find(file_of(file, 0), "cannot"), ""), "neither RDF nor CDF"));
    assert_true(number(pm_node_find(file_of(file, 0), "shows"), "mean_last_volt") > 0);
}

static void explain_keeps_to_its_schema(void **state)
{
    (void)state;
    pm_scoped(pm_doc) cells = document(TABLE "$premortem train --quiet --bootstraps 20 --learner forest --features a,b "
                                             "--table $d/t.csv -o $d/m.json >$d/e.csv && "
                                             "$premortem explain --json --quiet --interactions 3 --model $d/m.json "
                                             "--table $d/t.csv" REMOVED,
                                       "explain", "error", 0);
    assert_word(file_of(cells, 1), "class", "kdf");
    assert_int_equal(pm_node_count(pm_node_find(file_of(cells, 1), "contributions")), 2);
    assert_int_equal(pm_node_count(pm_node_find(file_of(cells, 1), "interactions")), 1);
    const pm_node *why = pm_node_find(file_of(cells, 1), "contributions");
    double sum = number(file_of(cells, 1), "expected");
    for (int i = 0; i < 2; i++) sum += number(pm_node_item(why, i), "contribution");
    assert_close(number(file_of(cells, 1), "margin"), sum, 1e-12, 0);
    assert_true(sum > 0.5 && sum <= 1 + 1e-12); /* a forest's margin is the probability of the likelier of two */
    pm_scoped(pm_doc) card = document(
        TABLE "$premortem train --quiet --learner linear --penalty 0 --target life --features a,b --source here "
              "--table $d/t.csv -o $d/m.json >$d/e.csv && $premortem explain --json --model $d/m.json" REMOVED,
        "explain", "error", 0);
    const pm_node *root = pm_doc_root(card);
    assert_word(pm_node_find(root, "model"), "source", "here");
    assert_word(pm_node_item(pm_node_find(root, "ranking"), 0), "feature", "a");
    assert_int_equal(pm_node_count(pm_node_find(root, "coefficients")), 3);
}

/* ---- design ---------------------------------------------------------------------------------------------------- */

static void design_keeps_to_its_schema(void **state)
{
    (void)state;
    static const char *const calls[] = {"--sweep 'layers=1..3:3'", "--front", "--solve layers --for 'capacity=1 Ah'"};
    static const char *const rows[] = {"sweep", "front", "parts"};
    for (int i = 0; i < 3; i++) {
        char command[300];
        snprintf(
            command, sizeof command,
            "d=$(mktemp -d); $premortem design --example >$d/c.yaml; $premortem design --json %s $d/c.yaml" REMOVED,
            calls[i]);
        pm_scoped(pm_doc) doc = document(command, "design", "error solved sweep front front_of spread", 0);
        const pm_node *file = file_of(doc, 0);
        assert_true(pm_node_count(pm_node_find(file, rows[i])) >= 3);
        assert_word(file, "n_to_p_convention", "foil");
        if (i == 2) assert_true(number(pm_node_find(file, "solved"), "target") == 1);
    }
}

/* 20 um +- 1 um on 4.1 mAh/cm2: N/P 1.006 +- 5 %; 5 + 3 + 1 edges begin at N/P (physics: rows N/P), 2 + 1 at thin foil. */
static void a_design_tells_what_it_stresses_and_how_sure_it_is(void **state)
{
    (void)state;
    pm_scoped(pm_doc) doc = document(
        "d=$(mktemp -d); $premortem design --example | sed 's/: 20 um/: 20 um +- 1 um/' >$d/c.yaml; $premortem "
        "design --json $d/c.yaml" REMOVED,
        "design", "error solved sweep front front_of", 0);
    const pm_node *file = file_of(doc, 0), *spread = pm_node_find(file, "spread");
    const pm_node *stresses = pm_node_find(file, "stresses");
    double n_to_p = number(spread, "n_to_p_ratio_foil");
    assert_true(fabs(number(spread, "n_to_p_ratio_foil_deviation") - n_to_p / 20) < 1e-9);
    assert_true(number(spread, "cycle_life_low") <= number(file, "cycle_life"));
    assert_true(number(spread, "cycle_life_high") >= number(file, "cycle_life"));
    assert_int_equal(pm_node_count(stresses), 2);
    const char *const parameters[] = {"n-to-p", "li-thickness"};
    const int own[] = {9, 3};
    for (int i = 0; i < 2; i++) {
        const pm_node *one = pm_node_item(stresses, i), *aspects = pm_node_find(one, "aspects");
        int direct = 0;
        assert_word(one, "parameter", parameters[i]);
        assert_word(one, "direction", "down");
        for (int64_t k = 0; k < pm_node_count(aspects); k++)
            direct += pm_node_count(pm_node_find(pm_node_item(aspects, k), "path")) == 2;
        assert_int_equal(direct, own[i]);
    }
}

/* Capacity that falls by 1 % a cycle from cycle 101 on, with an efficiency that steps down there. */
static void tables_of_cycles_keep_to_the_schemas(void **state)
{
    (void)state;
    static const char *const calls[] = {"why --json --kind li-cathode $d/c.csv",
                                        "report --json --quiet --kind li-cathode --n-to-p 1 $d/c.csv -o $d/out"};
    for (int i = 0; i < 2; i++) {
        char command[600];
        snprintf(command, sizeof command,
                 "d=$(mktemp -d); awk 'BEGIN { print \"cycle_count,discharging_capacity_ah,coulombic_efficiency\"; q = "
                 ".004; for (n = 1; n <= 140; n++) { if (n > 100) q *= .99; print n \",\" q * (1 + .0001 * (n %% 3)) "
                 "\",\" (n > 100 ? .99 : .9998) * (1 - .0001 * (n %% 2)) } }' > $d/c.csv; $premortem %s" REMOVED,
                 calls[i]);
        pm_scoped(pm_doc) doc = document(command, i ? "report" : "why", "error no_stages alarm alarms suspicion", 0);
        const pm_node *file = file_of(doc, 0), *why = i ? pm_node_find(file, "why") : file;
        const pm_node *best = pm_node_item(pm_node_find(why, "candidates"), 0);
        assert_word(file, "kind", "li-cathode");
        assert_word(best, "node", "J");
        if (i) assert_word(pm_node_find(file, "reserve"), "limit", "lithium");
    }
}

/* ---- convert ------------------------------------------------------------------------------------------------ */

static void convert_keeps_to_its_schema(void **state)
{
    (void)state;
    pm_scoped(pm_doc) meta = document(
        "d=$(mktemp -d); $premortem convert $files/full.csv -o $d/a.bdf.csv && cat $d/a.bdf.csv.meta.json" REMOVED,
        "convert", "error records", 0);
    assert_word(file_of(meta, 0), "status", "ok");
    pm_scoped(pm_doc) whole = document("$premortem convert --json -o - $files/full.csv", "convert", "error", 0);
    const pm_node *records = pm_node_find(file_of(whole, 0), "records");
    assert_int_equal(pm_node_count(records), 110);
    assert_true(number(pm_node_item(records, 0), "voltage_volt") == 3.6);
}

/* Doubles of every size, missing values, a time column that is not even: all come back with the same bits. */
static void a_table_survives_the_way_there_and_back(void **state)
{
    (void)state;
    static const char text[] = "test_time_second,voltage_volt,current_ampere,cycle_count,ambient_temperature_celsius\n"
                               "0,3.3000000000000003,1e-300,1,\n0.1,3.1,-2.2250738585072014e-08,1,21.299999999999997\n"
                               "0.30000000000000004,,0.1,1,-0.0\n1e5,3.4028234663852886,-123456.78901234567,2,25\n";
    char *from = support_file(".csv", text, -1), *to = support_file(".bdf.csv", "", 0);
    int exit_code = 0;
    pm_error err = {0};
    pm_scoped(pm_table) before = NULL;
    pm_scoped(pm_table) after = NULL;
    setenv("from", from, 1);
    setenv("to", to, 1);
    free(output_of("$premortem convert --quiet --force $from -o $to", &exit_code));
    assert_int_equal(exit_code, 0);
    assert_good(pm_read_table(from, NULL, NULL, &before, &err), &err);
    assert_good(pm_read_table(to, NULL, NULL, &after, &err), &err);
    assert_same_rows(after, before);
    assert_int_equal(pm_table_rows(after), 4);
    assert_true(isnan(real_at(after, "voltage_volt", 2)));
    free(output_of("rm $to.meta.json", &exit_code));
    assert_int_equal(exit_code, 0);
    support_remove(from);
    support_remove(to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(info_keeps_to_its_schema),
        cmocka_unit_test(a_deep_look_names_the_parts),
        cmocka_unit_test(the_sha256_is_that_of_the_file),
        cmocka_unit_test(cycles_keeps_to_its_schema),
        cmocka_unit_test(half_cycles_keeps_to_its_schema),
        cmocka_unit_test(short_keeps_to_its_schema),
        cmocka_unit_test(virtual_keeps_to_its_schema),
        cmocka_unit_test(fingerprint_keeps_to_its_schema),
        cmocka_unit_test(the_catalogue_keeps_to_its_schema),
        cmocka_unit_test(label_keeps_to_its_schema),
        cmocka_unit_test(life_keeps_to_its_schema),
        cmocka_unit_test(compare_keeps_to_its_schema),
        cmocka_unit_test(train_keeps_to_its_schema),
        cmocka_unit_test(predict_keeps_to_its_schema),
        cmocka_unit_test(explain_keeps_to_its_schema),
        cmocka_unit_test(version_and_report_keep_to_their_schemas),
        cmocka_unit_test(report_tells_stages_mechanisms_and_a_design),
        cmocka_unit_test(design_keeps_to_its_schema),
        cmocka_unit_test(a_design_tells_what_it_stresses_and_how_sure_it_is),
        cmocka_unit_test(tables_of_cycles_keep_to_the_schemas),
        cmocka_unit_test(convert_keeps_to_its_schema),
        cmocka_unit_test(a_table_survives_the_way_there_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
