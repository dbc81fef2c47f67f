/* SPDX-License-Identifier: MIT */
/* How a cell fails, on the page: what a model said and what was seen must stand there as it is. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"
#include "markup.h"
#include "report/bars.h"
#include "verdict/cells.h"

static const char evil[] = "<script>alert(1)</script>&\"'";

/* A cell of the page with a fate; all its own. */
typedef struct shown {
    fake f;
    pm_report_cell cell;
    pm_report_fate fate;
    pm_life_label_options rule;
    pm_out *out;
    const char *text;
} shown;

static void shown_leave(shown *s)
{
    fake_leave(&s->f);
    pm_out_free(s->out);
}
#define scoped_shown __attribute__((__cleanup__(shown_leave))) shown

static void prepare(shown *s, pm_kind kind, int cycles)
{
    pm_error err;
    assert_good(fake_make(&(fake_plan){kind, cycles, 20, false, NULL}, &s->f, &err), &err);
    s->cell = fake_cell(&s->f, "x.csv");
    s->f.summary.reservoir.found = false;
    s->rule = pm_life_label_defaults(NULL);
    s->fate = (pm_report_fate){.cycles = 2, .rule = &s->rule};
    s->cell.fate = &s->fate;
}

static pm_status write_page(shown *s, pm_error *err)
{
    pm_scoped(pm_report) report = NULL;
    pm_status status;
    if ((status = pm_report_new("t", &report, err))) return status;
    if ((status = pm_report_add(report, &s->cell, err))) return status;
    if ((status = pm_out_open(NULL, false, &s->out, err))) return status;
    if ((status = pm_report_write(report, s->out, err))) return status;
    return pm_out_commit(s->out, err);
}

static void show(shown *s)
{
    pm_error err;
    assert_good(write_page(s, &err), &err);
    s->text = pm_out_memory(s->out, NULL);
    const char *fault = markup_fault(s->text);
    if (fault) fail_msg("bad markup: %.80s", fault);
    assert_int_equal(occurrences(s->text, "<script>alert"), 0);
}

static void has(const shown *s, const char *what)
{
    if (!strstr(s->text, what)) fail_msg("the page lacks: %s", what);
}

static void lacks(const shown *s, const char *what)
{
    if (strstr(s->text, what)) fail_msg("the page has: %s", what);
}

/* ---- a verdict ---------------------------------------------------------------------------------------------- */

typedef struct judged {
    pm_predictor *model;
    pm_verdict verdict;
    pm_table *why;
} judged;

static void judged_leave(judged *j)
{
    pm_predictor_free(j->model);
    pm_table_free(j->why);
}
#define scoped_judged __attribute__((__cleanup__(judged_leave))) judged

/* A model of a population, and what it says of its first cell, moved by `shift`. */
static void judge(judged *j, const char *target, const pm_training *training, double shift)
{
    const population p = {.groups = 12, .per_group = 4, .features = 8, .seed = 7};
    pm_scoped(pm_data) data = cells_data(&p, target);
    double x[MOST_FEATURES];
    pm_error err;
    j->model = trained(&p, target, training);
    cells_row(data, 0, x);
    for (int f = 0; f < p.features; f++) x[f] += shift;
    assert_good(pm_predictor_judge(j->model, x, &j->verdict, &err), &err);
    assert_good(pm_predictor_explain(j->model, x, &j->why, &err), &err);
}

static void tell(shown *s, const judged *j)
{
    s->fate.model = j->model;
    s->fate.verdict = &j->verdict;
    s->fate.why = j->why;
}

static pm_training quick(bool simulated)
{
    return (pm_training){.learn = {.learner = PM_LOGISTIC},
                         .folds = 3,
                         .bootstraps = 20,
                         .target = "label",
                         .kind = "li-cu",
                         .cycles = 2,
                         .label = pm_life_label_defaults(NULL),
                         .simulated = simulated};
}

static const char *title_of(const char *class)
{
    return !strcmp(class, "kdf") ? "KDF" : !strcmp(class, "rdf") ? "RDF" : !strcmp(class, "cdf") ? "CDF" : class;
}

static void a_verdict_stands_with_its_numbers(void **state)
{
    (void)state;
    scoped_shown s = {0};
    scoped_judged j = {0};
    const pm_training training = quick(false);
    prepare(&s, PM_LI_CU, 20);
    judge(&j, "label", &training, 0);
    tell(&s, &j);
    show(&s);

    const pm_predictor_about *a = pm_predictor_tell(j.model);
    char number[64];
    int in_set = 0;
    for (int k = 0; k < a->classes; k++) {
        in_set += (j.verdict.set >> k & 1) != 0;
        snprintf(number, sizeof number, "<td class=\"number\">%.2f</td>", j.verdict.probability[k]);
        has(&s, number);
    }
    assert_int_equal(occurrences(s.text, "\u25cf<span>"), in_set);
    assert_int_equal(occurrences(s.text, "\u25cb<span>"), a->classes - in_set);
    snprintf(number, sizeof number, "<td class=\"fate\"><b>%s</b> %.2f", title_of(a->class_name[j.verdict.best]),
             j.verdict.probability[j.verdict.best]);
    has(&s, number);
    snprintf(number, sizeof number, "<b>%.2f</b> <svg", j.verdict.out_of_distribution);
    has(&s, number);
    has(&s, "Verdict from the first 2 cycles");
    has(&s, "macro-F1");
    has(&s, "thresholds are not published");
    lacks(&s, "Trust this verdict less");
    lacks(&s, "simulated");
}

static void features_stand_with_unit_range_and_place(void **state)
{
    (void)state;
    scoped_shown s = {0};
    scoped_judged j = {0};
    const pm_training training = quick(false);
    prepare(&s, PM_LI_CU, 20);
    judge(&j, "label", &training, 0);
    tell(&s, &j);
    show(&s);
    assert_int_equal(occurrences(s.text, "<td class=\"range\">"), 6);
    assert_int_equal(occurrences(s.text, "<circle class=\"place\""), 6);
    has(&s, "The 6 weightiest of 8 features");
    char text[64];
    snprintf(text, sizeof text, "<th scope=\"row\">%s</th>", pm_column_word(pm_table_find(j.why, "feature"), 0));
    has(&s, text);
    snprintf(text, sizeof text, "<td class=\"number\">%.0f</td>",
             pm_column_real(pm_table_find(j.why, "training_percentile"), 0));
    has(&s, text);
    has(&s, "\u00a0V</td><td class=\"range\">"); /* normal numbers: above 1 V */
}

/* Catalogue names become words, with the number of the cycle; volts become millivolts, parts per cent. */
static void features_of_the_catalogue_are_spoken(void **state)
{
    (void)state;
    scoped_shown s = {0};
    scoped_judged j = {0};
    const pm_training training = quick(false);
    pm_scoped(pm_builder) b = NULL;
    pm_scoped(pm_table) why = NULL;
    pm_error err;
    static const struct {
        const char *name, *unit;
        double value, low, high;
    } rows[] = {{"plateau_overpotential_last_volt", "V", 0.0412, 0.02, 0.05},
                {"coulombic_efficiency_first", "1", 0.9721, 0.8, 0.99},
                {"hysteresis_ratio", "1", 1.5, 0.9, 1.2}};
    assert_good(pm_builder_new(0, NULL, &b, &err), &err);
    pm_builder_add(b, "feature", PM_STRING, "");
    pm_builder_add(b, "unit", PM_STRING, "");
    static const char *const numbers[] = {"value",        "training_low",        "training_high",
                                          "contribution", "training_percentile", "outside"};
    for (int k = 0; k < 6; k++) pm_builder_add(b, numbers[k], PM_DOUBLE, "1");
    assert_good(pm_builder_room(b, 3, &err), &err);
    for (int i = 0; i < 3; i++) {
        pm_builder_word(b, 0, i, rows[i].name, -1);
        pm_builder_word(b, 1, i, rows[i].unit, -1);
        pm_builder_doubles(b, 2)[i] = rows[i].value;
        pm_builder_doubles(b, 3)[i] = rows[i].low;
        pm_builder_doubles(b, 4)[i] = rows[i].high;
        pm_builder_doubles(b, 5)[i] = i ? -0.25 : 0.5;
        pm_builder_doubles(b, 6)[i] = 40;
        pm_builder_doubles(b, 7)[i] = i == 2;
    }
    pm_builder_commit(b, 3);
    pm_builder_meta(b, "class", "kdf");
    assert_good(pm_builder_finish(b, &why, &err), &err);
    prepare(&s, PM_LI_CU, 20);
    judge(&j, "label", &training, 0);
    tell(&s, &j);
    s.fate.why = why;
    show(&s);
    has(&s, "Plateau overpotential, cycle\u00a02<small>overpotential of growth (");
    has(&s, ">41.2\u00a0mV</td>");
    has(&s, "<small>20.0</small><small>50.0</small>");
    has(&s, "Coulombic efficiency, cycle\u00a01<small>");
    has(&s, ">97.2\u00a0%</td>");
    has(&s, "Hysteresis, cycle\u00a02\u00a0/\u00a0cycle\u00a01<small>");
    has(&s, ">1.50</td>");
    assert_int_equal(occurrences(s.text, "class=\"arrow\""), 1);
    assert_int_equal(occurrences(s.text, "\u25b2\u00a0outside"), 1);
    has(&s, ">+0.50<svg");
    has(&s, ">\u22120.25<svg");
    has(&s, "above zero it speaks for KDF");
}

static void a_stranger_is_warned_of(void **state)
{
    (void)state;
    scoped_shown s = {0};
    scoped_judged j = {0};
    pm_training training = quick(true);
    training.source = evil;
    prepare(&s, PM_LI_CU, 20);
    judge(&j, "label", &training, 50);
    tell(&s, &j);
    show(&s);
    has(&s, "\u25b2\u00a0unlike</span>");
    has(&s, "Trust this verdict less");
    has(&s, "8 of 8 features lie beyond the training range");
    has(&s, "From a model trained on simulated cells");
    has(&s, "1 of the verdicts is from models trained on simulated cells");
    has(&s, "(&lt;script&gt;");
    assert_int_equal(occurrences(s.text, "class=\"arrow\""), 6);
    assert_int_equal(occurrences(s.text, "class=\"place\""), 0);
}

static void a_life_is_told_with_its_interval(void **state)
{
    (void)state;
    scoped_shown s = {0};
    scoped_judged j = {0};
    pm_training training = quick(false);
    training.target = "life";
    prepare(&s, PM_LI_CU, 20);
    judge(&j, "life", &training, 0);
    tell(&s, &j);
    show(&s);
    has(&s, "<td class=\"fate\">life ");
    has(&s, "Features that decided");
    lacks(&s, "Probability of each class");
    assert_int_equal(j.verdict.best, -1);
}

/* ---- no verdict --------------------------------------------------------------------------------------------- */

static void without_a_model_the_card_says_what_to_do(void **state)
{
    (void)state;
    scoped_shown s = {0};
    prepare(&s, PM_LI_LI, 20);
    show(&s);
    has(&s, "No verdict: no model for Li\u2016Li cells.");
    has(&s, "premortem train FOLDER -o model.json");
    has(&s, "no Coulombic efficiency, so neither RDF nor CDF");
    has(&s, "<td class=\"fate\"><small>no model</small></td>");
}

static void too_few_cycles_are_counted(void **state)
{
    (void)state;
    scoped_shown one = {0}, none = {0};
    pm_error why = {.code = PM_ERR_DATA, .message = "too few"};
    prepare(&one, PM_LI_CU, 1);
    one.fate.no_verdict = &why;
    show(&one);
    has(&one, "No verdict: 1 complete cycle.");
    has(&one, "Let the cell make 1 more");
    has(&one, "too few cycles</small>");
    prepare(&none, PM_LI_CU, 1);
    none.f.summary.cycles = 0;
    show(&none);
    has(&none, "No verdict: 0 complete cycles.");
    has(&none, "Let the cell make 2 more");
}

static void a_refusal_is_told_and_cannot_act(void **state)
{
    (void)state;
    scoped_shown s = {0};
    scoped_judged j = {0};
    const pm_training training = quick(false);
    pm_error why = {.code = PM_ERR_DATA};
    snprintf(why.message, sizeof why.message, "refused: %s", evil);
    snprintf(why.hint, sizeof why.hint, "try %s", evil);
    prepare(&s, PM_LI_ION, 20);
    judge(&j, "label", &training, 0);
    s.fate.model = j.model;
    s.fate.no_verdict = s.fate.no_label = &why;
    show(&s);
    has(&s, "No verdict: refused: &lt;script&gt;");
    has(&s, "Hint: try &lt;script&gt;");
    has(&s, "not judged</small>");
    has(&s, "there is no lithium metal to judge");
}

static void without_a_fate_there_is_no_card(void **state)
{
    (void)state;
    scoped_shown s = {0};
    prepare(&s, PM_LI_CU, 20);
    s.cell.fate = NULL;
    show(&s);
    lacks(&s, "id=\"cell-1-verdict\"");
    has(&s, "<td class=\"fate\">\u2013</td><td>\u2013</td>");
}

/* ---- the whole record --------------------------------------------------------------------------------------- */

static pm_table *alarms_of(int n)
{
    pm_scoped(pm_builder) b = NULL;
    pm_table *alarms = NULL;
    pm_error err;
    assert_good(pm_builder_new(0, NULL, &b, &err), &err);
    pm_builder_add(b, "test_time_second", PM_DOUBLE, "s");
    pm_builder_add(b, "kind", PM_STRING, "");
    pm_builder_add(b, "probability", PM_DOUBLE, "1");
    pm_builder_add(b, "recovered_time_second", PM_DOUBLE, "s");
    pm_builder_add(b, "evidence", PM_STRING, "");
    assert_good(pm_builder_room(b, n, &err), &err);
    for (int i = 0; i < n; i++) {
        pm_builder_doubles(b, 0)[i] = 79200 + 3600 * i;
        pm_builder_word(b, 1, i, i ? "hard" : "soft", -1);
        pm_builder_doubles(b, 2)[i] = 0.64;
        pm_builder_doubles(b, 3)[i] = i ? (double)NAN : 90000;
        pm_builder_word(b, 4, i, evil, -1);
    }
    pm_builder_commit(b, n);
    assert_good(pm_builder_finish(b, &alarms, &err), &err);
    return alarms;
}

static void what_became_of_it_is_told(void **state)
{
    (void)state;
    scoped_shown s = {0};
    const pm_life_label label = {.outcome = PM_CDF,
                                 .cycles = 200,
                                 .cycle_count_end = 113,
                                 .polarisation_change = 0.83,
                                 .coulombic_efficiency_change = 0.0712,
                                 .has_efficiency = true,
                                 .criterion = "polarisation crossed <first>"};
    const pm_life_bend elbow = {.single = {.x = 88.2, .low = 80, .high = 97}, .onset = {.x = NAN}},
                       none = {.single = {.x = NAN}, .onset = {.x = NAN}};
    prepare(&s, PM_LI_CU, 20);
    s.rule.polarisation = 0.5;
    s.rule.horizon = 12;
    s.fate.label = &label;
    s.fate.elbow = &elbow;
    s.fate.knee = &none;
    show(&s);
    has(&s, "<td>CDF<small>cycle\u00a0113</small></td>");
    has(&s, "<b>CDF, cycle\u00a0113</b>: co-degradation");
    has(&s, "polarisation crossed &lt;first&gt;");
    has(&s, "<dd>+83\u00a0%</dd>");
    has(&s, "<dd>\u22127.12\u00a0% points</dd>");
    has(&s, "cycle\u00a088 (95\u00a0%: 80 to 97)");
    has(&s, "Knee of the capacity</dt><dd>none found");
    has(&s, "polarisation up by 50\u00a0%, or Coulombic efficiency down by 6\u00a0% points");
    has(&s, "within 12 cycles are co-degradation");
    has(&s, "reconstruction of the classes of Piao et al.");
}

static void alarms_stand_with_time_and_evidence(void **state)
{
    (void)state;
    scoped_shown s = {0};
    pm_scoped(pm_table) alarms = alarms_of(11);
    const pm_short_summary watch = {.kind = PM_LI_LI, .levels = 321, .watched_s = 400000, .suspicion = "too <flat>"};
    const pm_life_label label = {
        .outcome = PM_CENSORED, .cycles = 42, .polarisation_change = NAN, .coulombic_efficiency_change = NAN};
    prepare(&s, PM_LI_LI, 20);
    s.fate.alarms = alarms;
    s.fate.shorts = &watch;
    s.fate.label = &label;
    show(&s);
    has(&s, "<td>no threshold crossed<small>42\u00a0cycles</small><small><span class=\"badge "
            "warning\">\u25b2\u00a0short alarm");
    has(&s, "11 alarms</span> in 111\u00a0h");
    has(&s, "321 levels compared; too &lt;flat&gt;");
    has(&s, "<b>at 22.0\u00a0h</b>, probability 0.64, back at 25.0\u00a0h</p>");
    has(&s, "<b>at 23.0\u00a0h</b>, probability 0.64</p>");
    assert_int_equal(occurrences(s.text, "<p class=\"evidence\">&lt;script&gt;"), 8);
    has(&s, "3 more: <code>premortem short</code>");
    has(&s, "not calibrated on real shorts");
    has(&s, "neither RDF nor CDF can show");
}

/* ---- bars --------------------------------------------------------------------------------------------------- */

static double attribute(const char *at, const char *name)
{
    const char *found = strstr(at, name);
    assert_non_null(found);
    return strtod(found + strlen(name), NULL);
}

static void bars_are_as_long_as_their_parts(void **state)
{
    (void)state;
    pm_scoped(pm_out) out = NULL;
    pm_error err;
    const double parts[] = {0.25, 0.6, 0.15};
    const bar_fill fills[] = {BAR_HALF, BAR_FULL, BAR_HOLLOW};
    assert_good(pm_out_open(NULL, false, &out, &err), &err);
    bar_stack(out, 3, parts, fills);
    bar_signed(out, -0.5, 2);
    bar_place(out, 10, 20, 12.5);
    assert_good(pm_out_commit(out, &err), &err);
    const char *text = pm_out_memory(out, NULL), *full = strstr(text, "\"full\""), *hollow = strstr(text, "\"hollow\"");
    assert_close(attribute(full, " x=\""), 250, 0, 0.1);
    assert_close(attribute(full, " width=\""), 600, 0, 0.1);
    assert_close(attribute(hollow, " x=\""), 850, 0, 0.1);
    const char *negative = strstr(hollow + 1, "\"hollow\"");
    assert_close(attribute(negative, " x=\"") + attribute(negative, " width=\""), 500, 0, 0.1);
    assert_close(attribute(negative, " width=\""), 125, 0, 0.1);
    assert_close(attribute(text, "cx=\""), 9 + 0.25 * 122, 0, 0.1);
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    scoped_shown s = {0};
    scoped_judged j = {0};
    pm_scoped(pm_table) alarms = alarms_of(2);
    const pm_training training = quick(false);
    const pm_short_summary watch = {.kind = PM_LI_CU, .levels = 3, .watched_s = 1000};
    pm_error err;
    prepare(&s, PM_LI_CU, 4);
    judge(&j, "label", &training, 0);
    tell(&s, &j);
    s.fate.alarms = alarms;
    s.fate.shorts = &watch;
    bool struck = true;
    int64_t n = 1;
    for (; struck; n++) {
        int64_t held = allocations_held();
        fail_allocation(n);
        pm_status status = write_page(&s, &err);
        struck = allocation_failed();
        fail_allocation(0);
        pm_out_free(s.out);
        s.out = NULL;
        assert_int_equal(status, struck ? PM_ERR_MEMORY : PM_OK);
        assert_int_equal(allocations_held(), held);
    }
    assert_true(n > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_verdict_stands_with_its_numbers),
        cmocka_unit_test(features_stand_with_unit_range_and_place),
        cmocka_unit_test(features_of_the_catalogue_are_spoken),
        cmocka_unit_test(a_stranger_is_warned_of),
        cmocka_unit_test(a_life_is_told_with_its_interval),
        cmocka_unit_test(without_a_model_the_card_says_what_to_do),
        cmocka_unit_test(too_few_cycles_are_counted),
        cmocka_unit_test(a_refusal_is_told_and_cannot_act),
        cmocka_unit_test(without_a_fate_there_is_no_card),
        cmocka_unit_test(what_became_of_it_is_told),
        cmocka_unit_test(alarms_stand_with_time_and_evidence),
        cmocka_unit_test(bars_are_as_long_as_their_parts),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
