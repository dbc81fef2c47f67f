/* SPDX-License-Identifier: MIT */
/* XML as it comes in: the same events however it is cut, and what is refused. */
#include "support.h"

#include "bytes/bytes.h"
#include "config.h"

#include <stdio.h>
#include <string.h>

typedef struct record {
    char text[4096];
    size_t n;
    const char *stop_at; /* an element at which the reading is to fail */
} record;

static void note(record *r, const char *mark, const char *text, int64_t n)
{
    r->n += (size_t)snprintf(r->text + r->n, sizeof r->text - r->n, "%s%.*s", mark, (int)n, text);
    assert_true(r->n < sizeof r->text);
}

static pm_status on_start(void *context, const char *name, const char **attributes, pm_error *err)
{
    record *r = context;

    note(r, "<", name, (int64_t)strlen(name));
    for (; attributes[0]; attributes += 2) {
        note(r, " ", attributes[0], (int64_t)strlen(attributes[0]));
        note(r, "=", attributes[1], (int64_t)strlen(attributes[1]));
    }
    note(r, ">", "", 0);
    return r->stop_at && strcmp(name, r->stop_at) == 0 ? pm_fail(err, PM_ERR_DATA, "stopped") : PM_OK;
}

static pm_status on_end(void *context, const char *name, pm_error *err)
{
    (void)err;
    note(context, "</", name, (int64_t)strlen(name));
    note(context, ">", "", 0);
    return PM_OK;
}

static pm_status on_text(void *context, const char *text, int64_t n, pm_error *err)
{
    (void)err;
    note(context, "", text, n);
    return PM_OK;
}

static pm_status parse(const char *bytes, int64_t n, int64_t piece, record *r, pm_error *err)
{
    pm_scoped(pm_xml) x = NULL;
    pm_xml_events events = {r, on_start, on_end, on_text};
    pm_status s = pm_xml_new(&events, &x, err);

    for (int64_t at = 0; !s && at < n; at += piece)
        s = pm_xml_feed(x, (const uint8_t *)bytes + at, at + piece < n ? piece : n - at, at + piece >= n, err);
    return s;
}

static const char sound[] = "<?xml version='1.0'?><!-- no --><x:a xmlns:x='u' k='1 &lt; 2' x:id='q'><b>t&#228;&amp;</b>"
                            "<![CDATA[<&]]><c/></x:a>";
static const char events[] = "<a xmlns:x=u k=1 < 2 x:id=q><b>t\xc3\xa4&</b><&<c></c></a>";

static void the_same_however_cut(void **state)
{
    (void)state;
    for (int64_t piece = 1; piece <= (int64_t)sizeof sound; piece++) {
        record r = {0};
        pm_error err;
        assert_good(parse(sound, sizeof sound - 1, piece, &r, &err), &err);
        assert_string_equal(r.text, events);
    }
}

static void cut_short(void **state)
{
    (void)state;
    for (int64_t n = 1; n < (int64_t)sizeof sound - 1; n++) {
        record r = {0};
        pm_error err = {0};
        assert_int_equal(parse(sound, n, 7, &r, &err), PM_ERR_FORMAT);
        assert_in_range(err.byte, 0, n);
    }
}

static void assert_refused(const char *text, pm_status code, const char *words)
{
    record r = {0};
    pm_error err = {0};

    assert_int_equal(parse(text, (int64_t)strlen(text), 64, &r, &err), code);
    if (!strstr(err.message, words)) fail_msg("'%s' does not say '%s'", err.message, words);
    assert_true(err.byte >= 0);
}

static void refused(void **state)
{
    (void)state;
    assert_refused("<!DOCTYPE a><a/>", PM_ERR_FORMAT, "document type");
    assert_refused("<!DOCTYPE a [<!ENTITY b 'ccc'>]><a>&b;</a>", PM_ERR_FORMAT, "document type");
    assert_refused("<!DOCTYPE a SYSTEM 'file:///etc/hostname'><a/>", PM_ERR_FORMAT, "document type");
    assert_refused("<a>&b;</a>", PM_ERR_FORMAT, "broken XML");
    assert_refused("<a><b></a>", PM_ERR_FORMAT, "broken XML");
    assert_refused("no XML", PM_ERR_FORMAT, "broken XML");
}

static void deep_and_long(void **state)
{
    static char text[3 << 20];
    record r = {0};
    pm_error err = {0};

    (void)state;
    for (int depth = 63; depth <= 65; depth++) {
        size_t n = 0;
        for (int i = 0; i < depth; i++) n += (size_t)snprintf(text + n, 8, "<a>");
        for (int i = 0; i < depth; i++) n += (size_t)snprintf(text + n, 8, "</a>");
        r = (record){0};
        assert_int_equal(parse(text, (int64_t)n, 100, &r, &err), depth <= 64 ? PM_OK : PM_ERR_LIMIT);
    }
    memset(text, 'x', sizeof text);
    memcpy(text, "<a k='", 6);
    assert_int_equal(parse(text, sizeof text, 16384, &r, &err), PM_ERR_LIMIT);
}

static void a_handler_stops_it(void **state)
{
    record r = {.stop_at = "b"};
    pm_error err = {0};

    (void)state;
    assert_int_equal(parse("<a><b/><c/></a>", 15, 100, &r, &err), PM_ERR_DATA);
    assert_string_equal(err.message, "stopped");
    assert_int_equal(err.byte, 3);
    assert_null(strstr(r.text, "c"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_however_cut), cmocka_unit_test(cut_short),          cmocka_unit_test(refused),
        cmocka_unit_test(deep_and_long),        cmocka_unit_test(a_handler_stops_it),
    };

    return PM_HAVE_EXPAT ? cmocka_run_group_tests(tests, NULL, NULL) : support_without("expat");
}
