/**
 * The lock on ZooKeeper. Start with {@link io.github.leaderelection.lock.zookeeper.ZooKeeperLocks}, or select it with
 * {@code leaderelection.lock=zookeeper}.
 */
@NullMarked
package io.github.leaderelection.lock.zookeeper;

import org.jspecify.annotations.NullMarked;
