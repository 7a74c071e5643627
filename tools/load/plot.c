/* plot.c - see plot.h. */
#include "tools/load/plot.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

extern char **environ;

enum { path_size = 512 };

static const char style[] =
    "set terminal svg size 900,520 font 'sans-serif,13' background '#ffffff'\n"
    "set datafile separator comma\n"
    "set border 3 lc '#888888'; set tics nomirror textcolor '#444444'\n"
    "set grid lc '#e4e4e4' lw 1 lt 1; set key outside top center horizontal samplen 2 width 2 textcolor '#333333'\n"
    "set ytics ('1 us' 1, '10 us' 10, '100 us' 100, '1 ms' 1e3, '10 ms' 1e4, '100 ms' 1e5, '1 s' 1e6, '10 s' 1e7)\n";

/* Both axes of a ramp: what was answered, and how long it took; the knee is where they part. */
static const char ramp[] =
    "set output 'knee.svg'\n"
    "set title 'Latency and throughput against the offered rate' textcolor '#222222'\n"
    "set xlabel 'requests offered a second'; set ylabel 'latency from when a request was due'\n"
    "set logscale y; set format x '%.0s%c'\n"
    "set y2label 'answered a second'; set y2tics textcolor '#888888'; set format y2 '%.0s%c'; set y2range [0:*]\n"
    "if (knee > 0) set arrow 1 from knee, graph 0 to knee, graph 1 nohead dt 2 lc '#c03020'\n"
    "if (knee > 0) set label 1 'knee '.int(knee).'/s' at knee, graph 0.04 offset 0.6,0 textcolor '#c03020'\n"
    "plot 'steps.csv' skip 1 using 1:2 axes x1y2 with linespoints lc '#bbbbbb' lw 2 pt 7 ps 0.4 "
    "title 'answered a second', \\\n"
    "     '' skip 1 using 1:3 with linespoints lc '#2060a0' lw 2 pt 7 ps 0.6 title 'p50', \\\n"
    "     '' skip 1 using 1:5 with linespoints lc '#e09020' lw 2 pt 7 ps 0.6 title 'p99', \\\n"
    "     '' skip 1 using 1:6 with linespoints lc '#c03020' lw 2 pt 7 ps 0.6 title 'p99.9'\n";

static const char latency[] =
    "set output 'latency.svg'\n"
    "set title 'Latency by percentile' textcolor '#222222'\n"
    "set xlabel 'percentile'; set ylabel 'latency'\n"
    "set logscale xy\n"
    "set xtics ('0' 1, '90 %%' 10, '99 %%' 100, '99.9 %%' 1000, '99.99 %%' 1e4, '99.999 %%' 1e5, '99.9999 %%' 1e6)\n"
    "set datafile separator whitespace\n"
    "plot 'latency.hgrm' using 4:($1*1000) with lines lc '#c03020' lw 2 title 'from when it was due', \\\n"
    "     'raw.hgrm' using 4:($1*1000) with lines lc '#2060a0' lw 2 title 'from when it was sent'\n"
    "set output 'seconds.svg'\n"
    "set title 'The run, second by second' textcolor '#222222'\n"
    "set datafile separator comma\n"
    "unset logscale x; set xtics auto; set xlabel 'second'; set ylabel 'latency'\n"
    "set y2label 'answered'; set y2tics textcolor '#888888'; set format y2 '%.0s%c'; set y2range [0:*]\n"
    "plot 'seconds.csv' skip 1 using 1:4 axes x1y2 with boxes fs solid 0.25 noborder lc '#bbbbbb' "
    "title 'answered', \\\n"
    "     '' skip 1 using 1:5 with lines lc '#2060a0' lw 2 title 'p50', \\\n"
    "     '' skip 1 using 1:6 with lines lc '#e09020' lw 2 title 'p99', \\\n"
    "     '' skip 1 using 1:7 with lines lc '#c03020' lw 2 title 'max'\n";

static int run_gnuplot(const char *folder) {
    char script[] = "plot.gp", name[] = "gnuplot";
    char *arguments[] = { name, script, NULL };
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status = -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, folder);
    int failure = posix_spawnp(&child, name, &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0) return -1;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

void plot_draw(const char *folder, int is_ramp, double knee_rate) {
    char path[path_size];
    snprintf(path, sizeof path, "%s/plot.gp", folder);
    FILE *out = fopen(path, "w");
    if (out == NULL) {
        fprintf(stderr, "birzha load: %s cannot be written: %s\n", path, strerror(errno));
        return;
    }
    fprintf(out, "%sknee = %.0f\n", style, knee_rate);
    fputs(is_ramp ? ramp : latency, out);
    if (fclose(out) == 0 && run_gnuplot(folder) == 0) return;
    fprintf(stderr, "birzha load: no picture was drawn; with gnuplot (Debian: gnuplot-nox) in %s: gnuplot plot.gp\n",
            folder);
}
