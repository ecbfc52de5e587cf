package io.github.leaderelection.testservers;

/**
 * A user whom an API server knows by a static token.
 *
 * @param name as it stands in role bindings
 * @param token the bearer token
 */
public record KubeUser(String name, String token) {}
