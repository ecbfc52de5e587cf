package io.github.leaderelection.testservers;

/**
 * An Event that somebody wrote about an object.
 *
 * @param reason a word that names what happened
 * @param message what happened
 * @param involvedObject the name of the object
 */
public record KubeEvent(String reason, String message, String involvedObject) {}
