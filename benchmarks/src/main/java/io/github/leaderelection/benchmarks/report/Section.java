package io.github.leaderelection.benchmarks.report;

import java.util.Optional;

/**
 * What one measurement came to.
 *
 * @param name of the measurement and its files
 * @param title above it
 * @param prose what was measured, and how; paragraphs of Markdown
 * @param table the figures
 * @param picture an SVG of them
 */
public record Section(String name, String title, String prose, Table table, Optional<String> picture) {}
