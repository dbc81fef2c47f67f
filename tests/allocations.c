/* SPDX-License-Identifier: MIT */
/* Takes the place of malloc and its kin (-Wl,--wrap) to count blocks and to fail one of them; realpath because the block
 * it hands out is freed by the caller. Counters are atomic: code under test has threads. */
#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "support.h"

static atomic_llong held, until_failure;
static atomic_bool failed;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
char *__real_realpath(const char *path, char *resolved);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __wrap_free(void *block);
char *__wrap_realpath(const char *path, char *resolved);

static bool fails(void)
{
    if (atomic_load(&until_failure) <= 0 || atomic_fetch_sub(&until_failure, 1) != 1) return false;
    atomic_store(&failed, true);
    return true;
}

static void *counted(void *block)
{
    if (block) atomic_fetch_add(&held, 1);
    return block;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : counted(__real_malloc(size));
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : counted(__real_calloc(n, size));
}

void *__wrap_realloc(void *block, size_t size)
{
    bool gives_back =
        block && size <= malloc_usable_size(block); /* where that fails nothing is lost, and nobody says so */
    if (!gives_back && fails()) return NULL;
    return block ? __real_realloc(block, size) : counted(__real_realloc(NULL, size));
}

void __wrap_free(void *block)
{
    if (block) atomic_fetch_sub(&held, 1);
    __real_free(block);
}

char *__wrap_realpath(const char *path, char *resolved)
{
    if (resolved) return __real_realpath(path, resolved);
    return fails() ? NULL : counted(__real_realpath(path, NULL));
}

int64_t allocations_held(void)
{
    return atomic_load(&held);
}

void fail_allocation(int64_t n)
{
    atomic_store(&failed, false);
    atomic_store(&until_failure, n);
}

bool allocation_failed(void)
{
    return atomic_load(&failed);
}
