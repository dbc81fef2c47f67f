/* SPDX-License-Identifier: MIT */
/* Tags and attributes of the small XML files in a .ndax archive. They come in GB2312, which expat does not know, and in
 * UTF-8, and nothing but attributes is wanted of them. */
#include "ndc.h"

#include <iconv.h>
#include <stdlib.h>

enum { DECLARATION = 200, TEXT_MAX = 4 << 20 };

const char *ndax_attribute(const ndax_tag *tag, const char *key)
{
    for (int i = 0; i < tag->n; i++)
        if (strcmp(tag->key[i], key) == 0) return tag->value[i];
    return NULL;
}

/* ---- encoding ---- */

static bool declares_utf8(const char *text)
{
    char head[DECLARATION + 1];

    snprintf(head, sizeof head, "%.*s", DECLARATION, text);
    char *end = strstr(head, "?>");
    if (end) *end = 0;
    return strstr(head, "encoding=\"UTF-8\"") || strstr(head, "encoding=\"utf-8\"");
}

/* GB18030 holds all of GB2312 and GBK, which are mixed up in practice. What cannot be converted becomes '?'. */
static char *from_chinese(char *text, int64_t n)
{
    iconv_t to_utf8 = iconv_open("UTF-8", "GB18030");
    size_t left = (size_t)n, room = 2 * (size_t)n;
    char *out = to_utf8 == (iconv_t)-1 ? NULL : malloc(room + 1), *in = text, *at = out;

    if (!out) {
        if (to_utf8 != (iconv_t)-1) iconv_close(to_utf8);
        return NULL;
    }
    while (left > 0 && room > 0 && iconv(to_utf8, &in, &left, &at, &room) == (size_t)-1 && left > 0 && room > 0) {
        *at++ = '?';
        room--;
        in++;
        left--;
    }
    iconv_close(to_utf8);
    *at = 0;
    return out;
}

/* ---- tags ---- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool ends_name(char c)
{
    return !c || is_space(c) || c == '=' || c == '>' || c == '/' || c == '<' || c == '"' || c == '\'';
}

/* The five entities that XML has of its own; in place. */
static void unescape(char *text)
{
    static const struct {
        const char *entity;
        char letter;
    } known[] = {{"&quot;", '"'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&apos;", '\''}};
    char *to = text;

    for (char *p = text; *p; to++) {
        size_t skip = 0;
        for (size_t i = 0; *p == '&' && i < sizeof known / sizeof *known; i++)
            if (strncmp(p, known[i].entity, strlen(known[i].entity)) == 0) {
                *to = known[i].letter;
                skip = strlen(known[i].entity);
            }
        if (skip == 0) *to = *p;
        p += skip ? skip : 1;
    }
    *to = 0;
}

/* An attribute at p; returns what follows it, or NULL where there is none. */
static char *take_attribute(char *p, ndax_tag *tag)
{
    char *key, *key_end, *value, *end;

    while (is_space(*p)) p++;
    for (key = p; !ends_name(*p);) p++;
    key_end = p;
    while (is_space(*p)) p++;
    if (p == key || *p++ != '=') return NULL;
    while (is_space(*p)) p++;
    if (*p != '"' && *p != '\'') return NULL;
    value = p + 1;
    if (!(end = strchr(value, *p))) return NULL;
    *key_end = *end = 0;
    unescape(value);
    if (tag->n < NDAX_ATTRIBUTES) {
        tag->key[tag->n] = key;
        tag->value[tag->n++] = value;
    }
    return end + 1;
}

static void scan(char *p, ndax_on_tag on_tag, void *context)
{
    while ((p = strchr(p, '<'))) {
        ndax_tag tag = {.name = ++p};
        if (*p == '?' || *p == '!' || *p == '/') continue;
        while (!ends_name(*p)) p++;
        char *name_end = p, after = *p;
        if (p == tag.name) continue;
        for (char *next = p; is_space(after) && (next = take_attribute(next, &tag));) p = next;
        *name_end = 0;
        on_tag(context, &tag);
        if (p == name_end && after) p++;
    }
}

/* Without it rows stay right, but names of channels and metadata may not. */
static void tell_damage(pm_native *n, const char *member, const pm_error *damage)
{
    pm_native_fault *f =
        pm_native_found(n, "value-missing", "warning", "the member '%s' is damaged: %s", member, damage->message);

    if (f)
        snprintf(f->hint, sizeof f->hint, "names of auxiliary channels and metadata may be wrong: copy the file again");
}

/* A member's first bytes, as many as instruments could write; *damage says what is wrong with them. */
static pm_status read_text(const pm_archive *archive, int index, char **text, pm_error *damage, pm_error *err)
{
    pm_scoped(pm_member) member = NULL;
    int64_t used = 0, got = 1;
    pm_status s = pm_member_open(archive, index, &member, damage);

    *text = s == PM_ERR_MEMORY ? NULL : malloc(TEXT_MAX + 1);
    if (!*text) return pm_fail(err, PM_ERR_MEMORY, "no memory to read what an archive says");
    for (; !s && got > 0 && used < TEXT_MAX; used += s ? 0 : got)
        s = pm_member_read(member, (uint8_t *)*text + used, TEXT_MAX - used, &got, damage);
    (*text)[used] = 0;
    uint8_t more;
    if (!s && used == TEXT_MAX && !pm_member_read(member, &more, 1, &got, damage) && got > 0)
        (void)pm_fail(damage, PM_ERR_FORMAT, "only its first %d MiB are read", TEXT_MAX >> 20);
    return PM_OK;
}

pm_status ndax_tags(const pm_archive *archive, const char *member, ndax_on_tag on_tag, void *context, pm_native *native,
                    pm_error *err)
{
    int index = pm_archive_find(archive, member);
    pm_error damage = {.byte = -1};
    char *text = NULL;
    pm_status s;

    if (index < 0) return PM_OK;
    if ((s = read_text(archive, index, &text, &damage, err))) return s;
    if (damage.code) tell_damage(native, member, &damage);
    char *converted = declares_utf8(text) ? NULL : from_chinese(text, (int64_t)strlen(text));
    scan(converted ? converted : text, on_tag, context);
    free(converted);
    free(text);
    return PM_OK;
}
