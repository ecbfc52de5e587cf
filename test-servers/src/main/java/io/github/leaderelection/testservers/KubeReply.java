package io.github.leaderelection.testservers;

/**
 * What an API server answered.
 *
 * @param status the HTTP status, for example 200 or 403
 * @param body the JSON of an object, or of a Status that says what is wrong
 */
public record KubeReply(int status, String body) {

    boolean succeeded() {
        return status / 100 == 2;
    }
}
