/**
 * The lock on etcd. Start with {@link io.github.leaderelection.lock.etcd.EtcdLocks}, or select it with
 * {@code leaderelection.lock=etcd}.
 */
@NullMarked
package io.github.leaderelection.lock.etcd;

import org.jspecify.annotations.NullMarked;
