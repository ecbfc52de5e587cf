package io.github.leaderelection.it.architecture.broken.spi;

/** Stands for the real one. */
public interface ResourceLock {}
