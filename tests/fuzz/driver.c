/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs a fuzz target without a fuzzer: every file of the folders named, then seeded mutations of them.
 * Same corpus, same seed, same inputs. The first argument may be a number: how many mutations.
 */
#include <glib.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MUTATIONS 3000
#define INPUT_MAX (64 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
load_folder(const char *folder, GPtrArray *inputs)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	const char *name;

	if (dir == NULL)
		g_error("%s: no such folder", folder);
	while ((name = g_dir_read_name(dir)) != NULL)
		g_ptr_array_add(names, g_build_filename(folder, name, NULL));
	g_ptr_array_sort(names, compare_names);
	for (guint i = 0; i < names->len; i++) {
		char *text = NULL;
		gsize size = 0;

		if (!g_file_get_contents(names->pdata[i], &text, &size, NULL))
			g_error("%s: cannot be read", (const char *)names->pdata[i]);
		g_ptr_array_add(inputs, g_bytes_new_take(text, size));
	}
}

/* One small damage: a byte changed, a piece left out, doubled, or taken from another input. */
static void
mutate(GByteArray *input, const GPtrArray *inputs, GRand *rand)
{
	const guint at = input->len == 0 ? 0 : (guint)g_rand_int_range(rand, 0, (int)input->len);
	const guint wanted = (guint)g_rand_int_range(rand, 1, 32);
	const guint length = MIN(wanted, input->len - at);

	switch (g_rand_int_range(rand, 0, 4)) {
	case 0:
		if (input->len > 0)
			input->data[at] = (guint8)g_rand_int_range(rand, 0, 256);
		break;
	case 1:
		if (length > 0)
			g_byte_array_remove_range(input, at, length);
		break;
	case 2:
		if (length > 0 && input->len < INPUT_MAX) {
			g_autofree guint8 *copy = g_memdup2(input->data + at, length);

			g_byte_array_append(input, copy, length);
		}
		break;
	default: {
		gsize size;
		const int which = g_rand_int_range(rand, 0, (int)inputs->len);
		const guint8 *other = g_bytes_get_data(inputs->pdata[which], &size);

		if (size > 0 && input->len < INPUT_MAX) {
			const guint from = (guint)g_rand_int_range(rand, 0, (int)size);

			g_byte_array_append(
				input, other + from, MIN((guint)size - from, (guint)512));
		}
		break;
	}
	}
}

static void
run_mutations(const GPtrArray *inputs, int count)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(20031);

	for (int i = 0; i < count; i++) {
		const int which = g_rand_int_range(rand, 0, (int)inputs->len);
		g_autoptr(GByteArray) input = g_byte_array_new();
		gsize size;
		const guint8 *data = g_bytes_get_data(inputs->pdata[which], &size);

		g_byte_array_append(input, data, (guint)MIN(size, (gsize)INPUT_MAX));
		for (int n = g_rand_int_range(rand, 1, 6); n > 0; n--)
			mutate(input, inputs, rand);

		/* an exact copy on the heap, so that a sanitizer sees a step too far */
		g_autofree guint8 *exact = g_malloc(MAX(input->len, 1U));
		if (input->len > 0)
			memcpy(exact, input->data, input->len);
		LLVMFuzzerTestOneInput(exact, input->len);
	}
}

int
main(int argc, char **argv)
{
	g_autoptr(GPtrArray) inputs = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	int count = MUTATIONS;
	int first = 1;

	if (argc > 1 && g_ascii_isdigit(argv[1][0]))
		count = atoi(argv[first++]);
	g_ptr_array_add(inputs, g_bytes_new_static("", 0));
	for (int i = first; i < argc; i++)
		load_folder(argv[i], inputs);
	for (guint i = 0; i < inputs->len; i++) {
		gsize size;
		const guint8 *data = g_bytes_get_data(inputs->pdata[i], &size);

		LLVMFuzzerTestOneInput(data, size);
	}
	run_mutations(inputs, count);
	return 0;
}
