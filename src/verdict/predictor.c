/* SPDX-License-Identifier: MIT */
/* A predictor's own memory, and what it tells of itself. */
#include "predictor.h"

pm_status pm_predictor_new(int features, int classes, pm_predictor **out, pm_error *err)
{
    pm_scoped(pm_predictor) p = calloc(1, sizeof *p);
    pm_status s;

    if (!p) return pm_fail(err, PM_ERR_MEMORY, "no memory for a model");
    p->about.features = features;
    p->about.classes = classes;
    p->class_name = calloc((size_t)classes + 1, sizeof *p->class_name);
    p->feature = calloc((size_t)features + 1, sizeof *p->feature);
    p->unit = calloc((size_t)features + 1, sizeof *p->unit);
    p->importance = calloc((size_t)features + 1, sizeof *p->importance);
    if (!p->class_name || !p->feature || !p->unit || !p->importance)
        return pm_fail(err, PM_ERR_MEMORY, "no memory for a model");
    if ((s = pm_range_new(features, &p->range, err))) return s;
    p->about.class_name = (const char *const *)p->class_name;
    p->about.feature = (const char *const *)p->feature;
    p->about.unit = (const char *const *)p->unit;
    p->about.importance = p->importance;
    *out = p;
    p = NULL;
    return PM_OK;
}

static void free_texts(char **texts, int n)
{
    for (int i = 0; texts && i < n; i++) free(texts[i]);
    free(texts);
}

void pm_predictor_free(pm_predictor *p)
{
    if (!p) return;
    free_texts(p->class_name, p->about.classes);
    free_texts(p->feature, p->about.features);
    free_texts(p->unit, p->about.features);
    free(p->target);
    free(p->target_unit);
    free(p->kind);
    free(p->source);
    free(p->version);
    free(p->importance);
    pm_range_leave(&p->range);
    pm_model_free(p->model);
    free(p);
}

const pm_predictor_about *pm_predictor_tell(const pm_predictor *predictor)
{
    return &predictor->about;
}
