/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

/* Each test has a folder of its own, in which it stands. */
static int enter(void **state)
{
    char *folder = malloc(64);
    strcpy(folder, "/tmp/premortem-out-XXXXXX");
    *state = folder;
    return !mkdtemp(folder) || chdir(folder);
}

static int count_files(void)
{
    DIR *folder = opendir(".");
    int n = 0;
    for (struct dirent *entry; (entry = readdir(folder));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) n++;
    closedir(folder);
    return n;
}

static int leave(void **state)
{
    DIR *folder = opendir(".");
    for (struct dirent *entry; (entry = readdir(folder));) unlink(entry->d_name);
    closedir(folder);
    int failed = chdir("/") || rmdir(*state);
    free(*state);
    return failed;
}

static void assert_holds(const char *path, const char *text)
{
    char bytes[256];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t n = fread(bytes, 1, sizeof bytes - 1, file);
    fclose(file);
    bytes[n] = 0;
    assert_string_equal(bytes, text);
}

static pm_status write_file(const char *path, bool force, const char *text, pm_error *err)
{
    pm_scoped(pm_out) o = NULL;
    pm_status s = pm_out_open(path, force, &o, err);
    if (s) return s;
    pm_out_text(o, "%s", text);
    return pm_out_commit(o, err);
}

static void appears_when_committed(void **state)
{
    (void)state;
    pm_scoped(pm_out) o = NULL;
    assert_good(pm_out_open("a.csv", false, &o, NULL), NULL);
    pm_out_bytes(o, "x,y", 2);
    pm_out_text(o, "%d;", 12);
    pm_out_number(o, 0.1);
    pm_out_number(o, NAN);
    assert_int_not_equal(access("a.csv", F_OK), 0);
    assert_int_equal(count_files(), 1);
    assert_null(pm_out_memory(o, NULL));
    pm_error err;
    assert_good(pm_out_commit(o, &err), &err);
    assert_holds("a.csv", "x,12;0.1");
    assert_int_equal(count_files(), 1);
    struct stat now;
    mode_t mask = umask(0);
    umask(mask);
    assert_int_equal(stat("a.csv", &now), 0);
    assert_int_equal(now.st_mode & 07777, 0666 & ~mask);
    pm_out_text(o, "too late");
    assert_int_equal(pm_out_commit(o, &err), PM_ERR_ARGUMENT);
    assert_holds("a.csv", "x,12;0.1");
}

static void leaves_nothing_without_commit(void **state)
{
    (void)state;
    pm_out *o = NULL;
    assert_good(pm_out_open("a.csv", false, &o, NULL), NULL);
    for (int i = 0; i < 100000; i++) pm_out_text(o, "%d\n", i);
    pm_out_free(o);
    assert_int_equal(count_files(), 0);
    pm_out_free(NULL);
}

static void replaces_with_force_only(void **state)
{
    (void)state;
    pm_error err;
    assert_good(write_file("a", false, "old", &err), &err);
    chmod("a", 0640);
    assert_int_equal(write_file("a", false, "new", &err), PM_ERR_IO);
    assert_string_equal(err.message, "cannot write: it exists already");
    assert_string_equal(err.file, "a");
    assert_holds("a", "old");
    assert_good(write_file("a", true, "new", &err), &err);
    assert_holds("a", "new");
    struct stat now;
    assert_int_equal(stat("a", &now), 0);
    assert_int_equal(now.st_mode & 07777, 0640);
    assert_int_equal(symlink("a", "link"), 0);
    assert_good(write_file("link", true, "through", &err), &err);
    assert_holds("a", "through");
    assert_int_equal(count_files(), 2);
}

static void yields_to_a_file_that_came_meanwhile(void **state)
{
    (void)state;
    pm_error err;
    pm_scoped(pm_out) o = NULL;
    assert_good(pm_out_open("a", false, &o, NULL), NULL);
    pm_out_text(o, "mine");
    assert_good(write_file("a", false, "other", &err), &err);
    assert_int_equal(pm_out_commit(o, &err), PM_ERR_IO);
    assert_holds("a", "other");
    pm_out_free(o);
    o = NULL;
    assert_int_equal(count_files(), 1);
}

static void a_full_disk_is_never_silent(void **state)
{
    (void)state;
    if (access("/dev/full", W_OK) != 0) skip();
    pm_error err;
    assert_int_equal(write_file("/dev/full", false, "lost", &err), PM_ERR_IO);
    assert_string_equal(err.message, "cannot write: no space left on the device");
    assert_string_equal(err.file, "/dev/full");
    assert_true(strlen(err.hint) > 0);
    pm_scoped(pm_out) o = NULL;
    assert_good(pm_out_open("/dev/full", false, &o, NULL), NULL);
    for (int i = 0; i < 100000; i++) pm_out_number(o, i);
    assert_int_equal(pm_out_commit(o, &err), PM_ERR_IO);
    assert_good(write_file("/dev/null", false, "gone", &err), &err);
    struct stat now;
    assert_int_equal(stat("/dev/null", &now), 0);
    assert_true(S_ISCHR(now.st_mode));
}

static void names_what_cannot_be_opened(void **state)
{
    (void)state;
    pm_error err;
    assert_int_equal(write_file(".", true, "", &err), PM_ERR_IO);
    assert_string_equal(err.message, "cannot write: it is a directory");
    assert_int_equal(write_file("absent/a", true, "", &err), PM_ERR_IO);
    assert_string_equal(err.message, "cannot create: no such file or directory");
    assert_string_equal(err.file, "absent/a");
}

static void standard_output_is_a_dash(void **state)
{
    (void)state;
    int before = dup(STDOUT_FILENO), file = open("caught", O_WRONLY | O_CREAT, 0600);
    dup2(file, STDOUT_FILENO);
    pm_status s = write_file("-", false, "said", NULL);
    dup2(before, STDOUT_FILENO);
    close(before);
    close(file);
    assert_good(s, NULL);
    assert_holds("caught", "said");
}

static void memory_holds_it_all(void **state)
{
    (void)state;
    pm_scoped(pm_out) o = NULL;
    int64_t n = -1;
    assert_good(pm_out_open(NULL, false, &o, NULL), NULL);
    assert_string_equal(pm_out_memory(o, &n), "");
    assert_int_equal(n, 0);
    char large[2000];
    memset(large, 'x', sizeof large);
    large[1999] = 0;
    pm_out_text(o, "%s", large);
    pm_out_bytes(o, "", 0);
    pm_out_bytes(o, "\0z", 2);
    assert_good(pm_out_commit(o, NULL), NULL);
    const char *bytes = pm_out_memory(o, &n);
    assert_int_equal(n, 2001);
    assert_memory_equal(bytes, large, 2000);
    assert_string_equal(bytes + 2000, "z");
}

static void escapes_html(void **state)
{
    (void)state;
    pm_scoped(pm_out) o = NULL;
    assert_good(pm_out_open(NULL, false, &o, NULL), NULL);
    pm_out_html(o, "a<b> & \"c\" 'd'\n\u00B5\x01\xC2\x85\xFFz\xEF\xBF\xBF");
    pm_out_html(o, "");
    pm_out_html(o, NULL);
    assert_string_equal(pm_out_memory(o, NULL),
                        "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;\n\u00B5\uFFFD\uFFFD\uFFFDz\uFFFD");
}

/** Opens, writes and commits with each allocation failing once: an error, nothing left, or all well. */
static void survives_without_memory(void **state)
{
    (void)state;
    static const char *const paths[] = {"a", NULL};
    char large[3000];
    memset(large, 'y', sizeof large);
    large[2999] = 0;
    for (int i = 0; i < 2; i++) {
        int64_t held = allocations_held();
        int failures = 0;
        for (int n = 1;; n++) {
            fail_allocation(n);
            pm_error err;
            pm_status s = write_file(paths[i], false, large, &err);
            bool failed = allocation_failed();
            fail_allocation(0);
            assert_int_equal(allocations_held(), held);
            if (!failed) break;
            assert_int_equal(s, PM_ERR_MEMORY);
            assert_int_equal(err.code, PM_ERR_MEMORY);
            assert_int_equal(count_files(), 0);
            failures++;
        }
        if (paths[i]) unlink(paths[i]);
        assert_true(failures >= 3);
    }
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter, leave)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(appears_when_committed),
        IN_FOLDER(leaves_nothing_without_commit),
        IN_FOLDER(replaces_with_force_only),
        IN_FOLDER(yields_to_a_file_that_came_meanwhile),
        IN_FOLDER(a_full_disk_is_never_silent),
        IN_FOLDER(names_what_cannot_be_opened),
        IN_FOLDER(standard_output_is_a_dash),
        IN_FOLDER(memory_holds_it_all),
        IN_FOLDER(escapes_html),
        IN_FOLDER(survives_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
