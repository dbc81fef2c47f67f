/* SPDX-License-Identifier: MIT */
#include "cli/reserve.h"
#include "cli/life.h"

#include <string.h>

static pm_status read_ratio(const char *ratio, pm_n_to_p *out, pm_error *err)
{
    pm_uncertain foil;
    pm_status s = cli_uncertain_parse(ratio, "1", &out->ratio, err);

    return s ? s : pm_n_to_p_foil(out, &foil, err);
}

pm_status cli_reserve_option(const char *ratio, const char *convention, pm_n_to_p *out, pm_error *err)
{
    pm_status s;

    *out = (pm_n_to_p){{0, 0}, PM_N_TO_P_FOIL};
    if (convention && !ratio) return pm_fail(err, PM_ERR_ARGUMENT, "--n-to-p-convention goes with --n-to-p");
    if (convention && (s = pm_n_to_p_convention_parse(convention, &out->convention, err))) return s;
    if (!ratio) return PM_OK;
    s = read_ratio(ratio, out, err);
    if (s) pm_error_locate(err, "--n-to-p", NULL);
    return s;
}

pm_n_to_p cli_reserve_of(const pm_n_to_p *option, const pm_cell *cell)
{
    bool total = !strcmp(cell->n_to_p_convention, "total");

    if (option->ratio.value > 0 || !(cell->n_to_p > 0)) return *option;
    return (pm_n_to_p){{cell->n_to_p, cell->n_to_p_deviation}, total ? PM_N_TO_P_TOTAL : PM_N_TO_P_FOIL};
}
