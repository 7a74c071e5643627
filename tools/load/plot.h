/* plot.h - pictures of a run's files, drawn by gnuplot. */
#ifndef BIRZHA_LOAD_PLOT_H
#define BIRZHA_LOAD_PLOT_H

/* Draws knee.svg (a ramp) or latency.svg and seconds.svg from the files in the folder, and leaves the script plot.gp
 * beside them. Without gnuplot it says on standard error what to type once there is one. */
void plot_draw(const char *folder, int is_ramp, double knee_rate);

#endif
