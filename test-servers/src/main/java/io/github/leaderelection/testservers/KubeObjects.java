package io.github.leaderelection.testservers;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.util.List;

/** Makes the objects of an API server that are around Leases, and reads them. */
final class KubeObjects {

    private static final String NAMESPACES = "/api/v1/namespaces";

    private final KubeGateway gateway;

    KubeObjects(KubeGateway gateway) {
        this.gateway = gateway;
    }

    void createNamespace(String name) {
        gateway.createIfAbsent(NAMESPACES, object("v1", "Namespace", name));
    }

    /** Makes what a manifest describes, or puts it in the place of what stands there. */
    void apply(String namespace, JsonObject manifest) {
        if (manifest.has("items")) {
            for (JsonElement item : manifest.getAsJsonArray("items")) {
                apply(namespace, item.getAsJsonObject());
            }
            return;
        }
        String collection = collectionOf(namespace, manifest);
        KubeReply created = gateway.send("POST", collection, manifest.toString());
        if (created.succeeded()) {
            return;
        }
        if (created.status() != 409) {
            throw new IllegalStateException("kube-apiserver answered POST " + collection + " with " + created.status()
                    + ": " + created.body() + "; the manifest was " + manifest);
        }
        String name = manifest.getAsJsonObject("metadata").get("name").getAsString();
        gateway.call("PUT", collection + "/" + name, manifest);
    }

    /** Where objects of this kind stand; the server itself says so. */
    private String collectionOf(String namespace, JsonObject manifest) {
        String version = manifest.get("apiVersion").getAsString();
        String kind = manifest.get("kind").getAsString();
        String group = (version.contains("/") ? "/apis/" : "/api/") + version;
        for (JsonObject resource : gateway.list(group, "resources")) {
            String name = resource.get("name").getAsString();
            if (resource.get("kind").getAsString().equals(kind) && !name.contains("/")) {
                boolean namespaced = resource.get("namespaced").getAsBoolean();
                return group + (namespaced ? "/namespaces/" + namespace : "") + "/" + name;
            }
        }
        throw new IllegalArgumentException(
                "expected a kind that kube-apiserver has in " + version + ", but was " + kind);
    }

    String serviceAccountToken(String namespace, String name, Duration lifetime) {
        String collection = NAMESPACES + "/" + namespace + "/serviceaccounts";
        gateway.createIfAbsent(collection, object("v1", "ServiceAccount", name));
        JsonObject spec = new JsonObject();
        spec.add("audiences", JsonParser.parseString("[\"" + KubeCredentials.ISSUER + "\"]"));
        spec.addProperty("expirationSeconds", lifetime.toSeconds());
        JsonObject request = new JsonObject();
        request.addProperty("apiVersion", "authentication.k8s.io/v1");
        request.addProperty("kind", "TokenRequest");
        request.add("spec", spec);
        return gateway.call("POST", collection + "/" + name + "/token", request)
                .getAsJsonObject("status")
                .get("token")
                .getAsString();
    }

    void deleteServiceAccount(String namespace, String name) {
        gateway.delete(NAMESPACES + "/" + namespace + "/serviceaccounts/" + name);
    }

    List<KubeEvent> events(String namespace) {
        return gateway.list(NAMESPACES + "/" + namespace + "/events", "items").stream()
                .map(event -> new KubeEvent(
                        text(event, "reason"),
                        text(event, "message"),
                        text(event.getAsJsonObject("involvedObject"), "name")))
                .toList();
    }

    private static String text(JsonObject object, String member) {
        JsonElement found = object.get(member);
        return found == null ? "" : found.getAsString();
    }

    private static JsonObject object(String apiVersion, String kind, String name) {
        JsonObject metadata = new JsonObject();
        metadata.addProperty("name", name);
        JsonObject object = new JsonObject();
        object.addProperty("apiVersion", apiVersion);
        object.addProperty("kind", kind);
        object.add("metadata", metadata);
        return object;
    }
}
