/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

/* ---- loops ---- */

enum { N = 500 };

typedef struct job {
    double slot[N];
    atomic_int calls;
    int64_t fails_at[2];
} job;

static pm_status draw(void *context, int64_t i, pm_error *err)
{
    job *j = context;
    atomic_fetch_add(&j->calls, 1);
    if (i == j->fails_at[0] || i == j->fails_at[1]) return pm_fail(err, PM_ERR_DATA, "task %lld", (long long)i);
    pm_random r = pm_random_stream(5, "test", (uint64_t)i);
    for (int k = 0; k < 100; k++) j->slot[i] += pm_random_normal(&r);
    return PM_OK;
}

static void same_with_any_threads(void **state)
{
    (void)state;
    static job one, many;
    one = (job){.fails_at = {-1, -1}};
    assert_good(pm_parallel(&(pm_run){.threads = 1}, N, draw, &one, NULL), NULL);
    for (int threads = 2; threads < 6; threads++) {
        many = (job){.fails_at = {-1, -1}};
        assert_good(pm_parallel(&(pm_run){.threads = threads}, N, draw, &many, NULL), NULL);
        assert_int_equal(many.calls, N);
        assert_memory_equal(one.slot, many.slot, sizeof one.slot);
    }
    many = (job){.fails_at = {-1, -1}};
    assert_good(pm_parallel(NULL, N, draw, &many, NULL), NULL);
    assert_memory_equal(one.slot, many.slot, sizeof one.slot);
    assert_good(pm_parallel(NULL, 0, draw, NULL, NULL), NULL);
}

static void smallest_failure_wins(void **state)
{
    (void)state;
    for (int threads = 1; threads < 5; threads++) {
        static job j;
        j = (job){.fails_at = {201, 200}};
        pm_error err;
        assert_int_equal(pm_parallel(&(pm_run){.threads = threads}, N, draw, &j, &err), PM_ERR_DATA);
        assert_string_equal(err.message, "task 200");
        assert_true(j.calls >= 201 && j.calls < 202 + threads);
        assert_int_equal(pm_parallel(&(pm_run){.threads = threads}, N, draw, &j, NULL), PM_ERR_DATA);
    }
}

static pm_status inner(void *context, int64_t i, pm_error *err)
{
    (void)i;
    (void)err;
    return *(pthread_t *)context == pthread_self() ? PM_OK : PM_ERR_INTERNAL;
}

static pm_status outer(void *context, int64_t i, pm_error *err)
{
    (void)i;
    pthread_t here = pthread_self();
    if (pm_run_threads(context) != 1) return PM_ERR_INTERNAL;
    return pm_parallel(context, 20, inner, &here, err);
}

static void inner_loops_stay(void **state)
{
    (void)state;
    pm_run run = {.threads = 3};
    assert_good(pm_parallel(&run, 20, outer, &run, NULL), NULL);
    assert_int_equal(pm_run_threads(&run), 3);
    assert_true(pm_run_threads(NULL) >= 1);
    assert_true(pm_run_threads(&(pm_run){.threads = -4}) >= 1);
}

typedef struct listener {
    atomic_int inside, overlaps;
    int asked, limit, told;
    char last[64];
} listener;

static void come(listener *l)
{
    if (atomic_fetch_add(&l->inside, 1)) atomic_fetch_add(&l->overlaps, 1);
    usleep(20);
    atomic_fetch_sub(&l->inside, 1);
}

static bool stop_after(void *context)
{
    listener *l = context;
    come(l);
    return ++l->asked > l->limit;
}

static void hear(void *context, const char *what, double part)
{
    listener *l = context;
    come(l);
    l->told++;
    snprintf(l->last, sizeof l->last, "%s %g", what, part);
}

static void note(void *context, int level, const char *message)
{
    listener *l = context;
    come(l);
    l->told++;
    snprintf(l->last, sizeof l->last, "%d %s", level, message);
}

static pm_status talkative(void *context, int64_t i, pm_error *err)
{
    pm_run_progress(context, "loop", (double)i / 100);
    pm_run_log(context, PM_LOG_NOTE, "index %lld", (long long)i);
    return pm_run_check(context, err);
}

static void callbacks_never_overlap(void **state)
{
    (void)state;
    listener l = {.limit = 1000000};
    pm_run run = {.threads = 4, .context = &l, .log = note, .progress = hear, .cancelled = stop_after};
    assert_good(pm_parallel(&run, 100, talkative, &run, NULL), NULL);
    assert_int_equal(l.overlaps, 0);
    assert_int_equal(l.told, 200);
    assert_int_equal(l.asked, 200);
    pm_run_log(&run, PM_LOG_WARNING, "%s", "beware");
    assert_string_equal(l.last, "2 beware");
    pm_run_log(NULL, PM_LOG_WARNING, "nobody listens");
    pm_run_progress(&(pm_run){.threads = 1}, "nobody listens", NAN);
}

static void cancels(void **state)
{
    (void)state;
    for (int threads = 1; threads < 4; threads++) {
        listener l = {.limit = 10};
        pm_run run = {.threads = threads, .context = &l, .cancelled = stop_after};
        static job j;
        j = (job){.fails_at = {-1, -1}};
        pm_error err;
        assert_int_equal(pm_parallel(&run, N, draw, &j, &err), PM_ERR_CANCELLED);
        assert_int_equal(err.code, PM_ERR_CANCELLED);
        assert_int_equal(j.calls, 10);
    }
}

/* ---- work ahead ---- */

typedef struct belt {
    int length;
    int fill_fails, work_fails; /* at which number, -1 = never */
    int slots;
    int filled;
    atomic_int filling, wrong;
    int64_t number[8], square[8];
    atomic_bool held[8]; /* by the taker */
} belt;

static pm_status load(void *context, int slot, bool *more, pm_error *err)
{
    belt *b = context;
    if (atomic_fetch_add(&b->filling, 1) || b->held[slot] || slot != b->filled % b->slots)
        atomic_fetch_add(&b->wrong, 1);
    int k = b->filled++;
    if (k % 7 == 3) usleep(200);
    pm_status s = PM_OK;
    if (k == b->fill_fails)
        s = pm_fail(err, PM_ERR_IO, "fill %d", k);
    else if (k == b->length)
        *more = false;
    else
        b->number[slot] = k;
    atomic_fetch_sub(&b->filling, 1);
    return s;
}

static pm_status square(void *context, int slot, pm_error *err)
{
    belt *b = context;
    int64_t k = b->number[slot];
    if (b->held[slot]) atomic_fetch_add(&b->wrong, 1);
    if (k % 5 == 2) usleep(300);
    b->square[slot] = k * k;
    return k == b->work_fails ? pm_fail(err, PM_ERR_FORMAT, "work %d", (int)k) : PM_OK;
}

/** Takes up to `most`; returns how many came in order, and the status that ended it. */
static int take_all(belt *b, const pm_run *run, int most, pm_status *status, pm_error *err)
{
    pm_scoped(pm_ahead) ahead = NULL;
    pm_ahead_work work = {.context = b, .slots = b->slots, .fill = load, .work = square};
    assert_good(pm_ahead_new(run, &work, &ahead, NULL), NULL);
    int slot = -1;
    for (int64_t k = 0; k < most; k++) {
        *status = pm_ahead_take(ahead, &slot, err);
        if (*status || slot < 0) {
            assert_int_equal(pm_ahead_take(ahead, &slot, NULL), *status); /* and again */
            return (int)k;
        }
        assert_int_equal(slot, k % b->slots);
        assert_int_equal(b->square[slot], k * k);
    }
    return most;
}

static void hands_out_in_order(void **state)
{
    (void)state;
    for (int threads = 1; threads < 5; threads++) {
        for (int slots = 2; slots < 7; slots++) {
            belt b = {.length = 60, .fill_fails = -1, .work_fails = -1, .slots = slots};
            pm_status s;
            assert_int_equal(take_all(&b, &(pm_run){.threads = threads}, 1000, &s, NULL), 60);
            assert_int_equal(s, PM_OK);
            assert_int_equal(b.wrong, 0);
            assert_int_equal(b.filled, 61);
        }
    }
    belt empty = {.length = 0, .fill_fails = -1, .work_fails = -1, .slots = 2};
    pm_status s;
    assert_int_equal(take_all(&empty, NULL, 10, &s, NULL), 0);
    assert_int_equal(s, PM_OK);
}

static void leaves_the_held_slot_alone(void **state)
{
    (void)state;
    belt b = {.length = 200, .fill_fails = -1, .work_fails = -1, .slots = 3};
    pm_scoped(pm_ahead) ahead = NULL;
    pm_ahead_work work = {.context = &b, .slots = 3, .fill = load, .work = square};
    assert_good(pm_ahead_new(&(pm_run){.threads = 3}, &work, &ahead, NULL), NULL);
    int slot = 0;
    for (int k = 0; k < 200; k++) {
        assert_good(pm_ahead_take(ahead, &slot, NULL), NULL);
        b.held[slot] = true;
        if (k % 3 == 0) usleep(100);
        assert_int_equal(b.square[slot], k * k);
        b.held[slot] = false;
    }
    assert_int_equal(b.wrong, 0);
}

static void first_error_comes_in_its_turn(void **state)
{
    (void)state;
    for (int threads = 1; threads < 5; threads++) {
        pm_error err;
        pm_status s;
        pm_run run = {.threads = threads};
        belt fill = {.length = 60, .fill_fails = 17, .work_fails = -1, .slots = 4};
        assert_int_equal(take_all(&fill, &run, 1000, &s, &err), 17);
        assert_int_equal(s, PM_ERR_IO);
        assert_string_equal(err.message, "fill 17");
        belt work = {.length = 60, .fill_fails = 19, .work_fails = 17, .slots = 4};
        assert_int_equal(take_all(&work, &run, 1000, &s, &err), 17);
        assert_int_equal(s, PM_ERR_FORMAT);
        assert_string_equal(err.message, "work 17");
        belt late = {.length = 18, .fill_fails = -1, .work_fails = 17, .slots = 5};
        assert_int_equal(take_all(&late, &run, 1000, &s, &err), 17);
        assert_int_equal(s, PM_ERR_FORMAT);
    }
}

static void stops_half_way(void **state)
{
    (void)state;
    for (int threads = 1; threads < 5; threads++) {
        for (int most = 0; most < 12; most++) {
            belt b = {.length = 1000, .fill_fails = -1, .work_fails = -1, .slots = 4};
            pm_status s;
            assert_int_equal(take_all(&b, &(pm_run){.threads = threads}, most, &s, NULL), most);
            assert_int_equal(b.filling, 0);
            assert_true(b.filled < 1000);
        }
        listener l = {.limit = 9};
        pm_run run = {.threads = threads, .context = &l, .cancelled = stop_after};
        belt b = {.length = 1000, .fill_fails = -1, .work_fails = -1, .slots = 4};
        pm_status s;
        assert_int_equal(take_all(&b, &run, 1000, &s, NULL), 9);
        assert_int_equal(s, PM_ERR_CANCELLED);
    }
}

static void needs_two_slots_and_memory(void **state)
{
    (void)state;
    belt b = {.slots = 1};
    pm_ahead *ahead = NULL;
    pm_ahead_work work = {.context = &b, .slots = 1, .fill = load, .work = square};
    assert_int_equal(pm_ahead_new(NULL, &work, &ahead, NULL), PM_ERR_ARGUMENT);
    work.slots = 2;
    int64_t held = allocations_held();
    int failures = 0;
    for (int n = 1;; n++) {
        fail_allocation(n);
        pm_status s = pm_ahead_new(&(pm_run){.threads = 3}, &work, &ahead, NULL);
        if (!allocation_failed()) break;
        assert_int_equal(s, PM_ERR_MEMORY);
        assert_null(ahead);
        assert_int_equal(allocations_held(), held);
        failures++;
    }
    fail_allocation(0);
    assert_int_equal(failures, 3);
    pm_ahead_free(ahead);
    pm_ahead_free(NULL);
    fail_allocation(1);
    assert_int_equal(pm_parallel(&(pm_run){.threads = 2}, 2, draw, NULL, NULL), PM_ERR_MEMORY);
    fail_allocation(0);
    assert_int_equal(allocations_held(), held);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_with_any_threads),
        cmocka_unit_test(smallest_failure_wins),
        cmocka_unit_test(inner_loops_stay),
        cmocka_unit_test(callbacks_never_overlap),
        cmocka_unit_test(cancels),
        cmocka_unit_test(hands_out_in_order),
        cmocka_unit_test(leaves_the_held_slot_alone),
        cmocka_unit_test(first_error_comes_in_its_turn),
        cmocka_unit_test(stops_half_way),
        cmocka_unit_test(needs_two_slots_and_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
