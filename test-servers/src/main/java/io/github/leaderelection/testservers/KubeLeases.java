package io.github.leaderelection.testservers;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;

/** Looks at the Leases of an API server, and changes them, behind the back of the lock under test. */
final class KubeLeases {

    private static final String API = "coordination.k8s.io/v1";
    private static final int PUTS_MAX = 100;

    private final KubeGateway gateway;
    private final EtcdServer etcd;

    KubeLeases(KubeGateway gateway, EtcdServer etcd) {
        this.gateway = gateway;
        this.etcd = etcd;
    }

    private static String collection(String namespace) {
        return "/apis/" + API + "/namespaces/" + namespace + "/leases";
    }

    private static String path(String namespace, String name) {
        return collection(namespace) + "/" + name;
    }

    Optional<KubeLease> get(String namespace, String name) {
        return gateway.find(path(namespace, name)).map(KubeLease::new);
    }

    void delete(String namespace, String name) {
        gateway.delete(path(namespace, name));
    }

    /** As client-go does: made where there is none, else written upon the version that was read. */
    KubeLease put(String namespace, String name, String json) {
        for (int i = 0; i < PUTS_MAX; i++) {
            Optional<KubeLease> present = get(namespace, name);
            String body = lease(namespace, name, json, present).toString();
            KubeReply reply = present.isPresent()
                    ? gateway.send("PUT", path(namespace, name), body)
                    : gateway.send("POST", collection(namespace), body);
            if (reply.succeeded()) {
                return new KubeLease(reply.body());
            }
            if (reply.status() != 409) {
                throw new IllegalStateException(
                        "kube-apiserver refused the Lease " + body + " with " + reply.status() + ": " + reply.body());
            }
        }
        throw new IllegalStateException(
                "somebody else wrote the Lease " + name + " before each of " + PUTS_MAX + " writes");
    }

    private static JsonObject lease(String namespace, String name, String json, Optional<KubeLease> upon) {
        JsonObject lease = JsonParser.parseString(json).getAsJsonObject();
        lease.addProperty("apiVersion", API);
        lease.addProperty("kind", "Lease");
        if (!lease.has("metadata")) {
            lease.add("metadata", new JsonObject());
        }
        JsonObject metadata = lease.getAsJsonObject("metadata");
        metadata.addProperty("namespace", namespace);
        metadata.addProperty("name", name);
        metadata.remove("resourceVersion");
        metadata.remove("uid");
        upon.ifPresent(present -> {
            metadata.addProperty("resourceVersion", present.resourceVersion());
            metadata.addProperty("uid", present.uid());
        });
        return lease;
    }

    /** Past the validation of the API server, into its etcd. */
    KubeLease corrupt(String namespace, String name) {
        JsonObject lease = get(namespace, name)
                .map(present -> JsonParser.parseString(present.json()).getAsJsonObject())
                .orElseGet(() -> stored(namespace, name));
        lease.getAsJsonObject("metadata").remove("resourceVersion");
        JsonObject spec = new JsonObject();
        spec.addProperty("holderIdentity", "nobody knows");
        spec.addProperty("leaseDurationSeconds", -5);
        lease.add("spec", spec);
        etcd.put("/registry/leases/" + namespace + "/" + name, lease.toString());
        KubeLease served = get(namespace, name).orElseThrow();
        if (!served.spec().equals(spec.toString())) {
            throw new IllegalStateException(
                    "expected kube-apiserver to serve " + spec + " as it stands in etcd, but was " + served.json());
        }
        return served;
    }

    /** With what the server adds to each object that is made through it. */
    private static JsonObject stored(String namespace, String name) {
        JsonObject lease = lease(namespace, name, "{}", Optional.empty());
        JsonObject metadata = lease.getAsJsonObject("metadata");
        metadata.addProperty("uid", UUID.randomUUID().toString());
        metadata.addProperty(
                "creationTimestamp",
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        return lease;
    }
}
