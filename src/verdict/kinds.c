/* SPDX-License-Identifier: MIT */
#include "verdict.h"

const char *pm_verdict_of_kind(pm_kind kind)
{
    switch (kind) {
    case PM_LI_CU:
        return "Li-Cu: plating, stripping and Coulombic efficiency each cycle, so KDF, RDF, CDF and shorts; "
               "what a positive electrode does to lithium is not in it";
    case PM_LI_LI: return "Li-Li: polarisation, its elbow, shorts; no Coulombic efficiency, so neither RDF nor CDF";
    case PM_ANODE_FREE:
        return "anode-free: capacity, its Coulombic efficiency, polarisation, shorts; losses of the positive electrode "
               "count as lithium's";
    case PM_LI_CATHODE:
        return "Li-cathode: polarisation and the stage of life; lithium's efficiency is unseen while its reserve "
               "lasts, "
               "so RDF shows late or never";
    case PM_HALF_CELL:
        return "half-cell: the working electrode's capacity and efficiency; of lithium only its polarisation, within "
               "that "
               "of the whole cell";
    case PM_LI_ION: return "Li-ion: capacity, efficiency, polarisation; there is no lithium metal to judge";
    case PM_KIND_UNKNOWN: break;
    }
    return "kind unknown: nothing can be said of what it shows; name it with --kind";
}
