/**
 * The lock on a Lease of Kubernetes. Start with {@link
 * io.github.leaderelection.lock.kubernetes.KubernetesLeaseLocks}, or select it with {@code
 * leaderelection.lock=kubernetes-lease}.
 */
@NullMarked
package io.github.leaderelection.lock.kubernetes;

import org.jspecify.annotations.NullMarked;
