/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "markup.h"

enum { DEPTH = 64, NAME = 32 };

static bool is_void(const char *name)
{
    return !strcmp(name, "meta") || !strcmp(name, "br") || !strcmp(name, "wbr");
}

static const char *past_entity(const char *at)
{
    const char *end = at + 1 + strspn(at + 1, "abcdefghijklmnopqrstuvwxyz0123456789#");
    return *end == ';' && end > at + 1 ? end + 1 : NULL;
}

/* From behind an element's name to behind its '>'. */
static const char *past_attributes(const char *at, bool *closed)
{
    while (*at && *at != '>') {
        *closed = *at == '/';
        if (*at == '<') return NULL;
        if (*at++ != '"') continue;
        while (*at && *at != '"') {
            if (*at == '<' || *at == '>') return NULL;
            if (*at == '&' && !past_entity(at)) return NULL;
            at++;
        }
        if (!*at++) return NULL;
    }
    return *at ? at + 1 : NULL;
}

const char *markup_fault(const char *page)
{
    char open[DEPTH][NAME];
    int depth = 0;
    const char *at = page;
    if (!strncmp(at, "<!DOCTYPE html>", 15)) at += 15;
    while (*at) {
        if (*at == '>' || (*at == '&' && !past_entity(at))) return at;
        if (*at != '<') {
            at++;
            continue;
        }
        const char *tag = at++;
        bool end = *at == '/', closed = false;
        char name[NAME] = "";
        at += end;
        for (size_t n = 0; isalnum((unsigned char)*at) && n + 1 < NAME; n++) name[n] = *at++;
        if (!name[0] || !(at = past_attributes(at, &closed))) return tag;
        if (end) {
            if (depth == 0 || strcmp(open[--depth], name) != 0) return tag;
            continue;
        }
        if (closed || is_void(name)) continue;
        if (depth == DEPTH) return tag;
        strcpy(open[depth++], name);
        if (!strcmp(name, "script") && !(at = strstr(at, "</script>"))) return tag;
        if (!strcmp(name, "style") && !(at = strstr(at, "</style>"))) return tag;
    }
    return depth ? "something is left open" : NULL;
}

int occurrences(const char *page, const char *text)
{
    int n = 0;
    for (const char *at = page; (at = strstr(at, text)); at += strlen(text)) n++;
    return n;
}
