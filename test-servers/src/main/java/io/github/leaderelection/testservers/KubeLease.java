package io.github.leaderelection.testservers;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;

/**
 * A Lease as the API server shows it.
 *
 * @param json the whole object
 */
public record KubeLease(String json) {

    /** Of the last write that changed something. A write that changes nothing leaves it as it is. */
    public String resourceVersion() {
        return metadata().get("resourceVersion").getAsString();
    }

    /** Of this very object: one that is deleted and made again has another. */
    public String uid() {
        return metadata().get("uid").getAsString();
    }

    /** What it holds: {@code holderIdentity}, {@code leaseDurationSeconds} and so on, as JSON. */
    public String spec() {
        return parsed().getAsJsonObject("spec").toString();
    }

    private JsonObject metadata() {
        return parsed().getAsJsonObject("metadata");
    }

    private JsonObject parsed() {
        return JsonParser.parseString(json).getAsJsonObject();
    }
}
