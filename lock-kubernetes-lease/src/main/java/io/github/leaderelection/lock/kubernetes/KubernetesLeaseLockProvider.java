package io.github.leaderelection.lock.kubernetes;

import io.github.leaderelection.TlsConfig;
import io.github.leaderelection.spi.LockSettings;
import io.github.leaderelection.spi.ResourceLock;
import io.github.leaderelection.spi.ResourceLockProvider;
import io.github.leaderelection.spi.SettingKey;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Opens locks on Leases by configuration: {@code leaderelection.lock=kubernetes-lease}. Each lock has a client of its own. In a
 * pod it needs no setting at all.
 */
public final class KubernetesLeaseLockProvider implements ResourceLockProvider {

    private static final SettingKey NAMESPACE = SettingKey.of(
            "namespace", "the namespace of the Lease; that of the pod or the kubeconfig by default, else default");
    private static final SettingKey URL = SettingKey.of(
            "url", "where the API server is, for example https://10.0.0.1:6443; what the pod finds by default");
    private static final SettingKey TOKEN = SettingKey.secret("token", "the bearer token, for a url");
    private static final SettingKey TOKEN_FILE =
            SettingKey.of("token-file", "a file with the bearer token, for a url; read for each request");
    private static final SettingKey CA_FILE =
            SettingKey.of("ca-file", "the authorities that vouch for the API server, for a url; the JDK's by default");
    private static final SettingKey TLS_DIRECTORY =
            SettingKey.of("tls-directory", "a directory with client.pem, client-key.pem and ca.pem, for a url");
    private static final SettingKey KUBECONFIG =
            SettingKey.of("kubeconfig", "a kubeconfig, of which the current context counts");
    private static final SettingKey LABELS =
            SettingKey.of("labels", "labels of the Lease, for example app=scheduler,team=infra; none by default");
    private static final SettingKey ANNOTATIONS =
            SettingKey.of("annotations", "annotations of the Lease, written as labels are; none by default");
    private static final SettingKey REQUEST_TIMEOUT =
            SettingKey.of("request-timeout", "the bound of one request, for example 500ms; 5s by default");

    /** For {@link java.util.ServiceLoader}. */
    public KubernetesLeaseLockProvider() {}

    @Override
    public String name() {
        return "kubernetes-lease";
    }

    @Override
    public List<SettingKey> keys() {
        return List.of(
                NAMESPACE,
                URL,
                TOKEN,
                TOKEN_FILE,
                CA_FILE,
                TLS_DIRECTORY,
                KUBECONFIG,
                LABELS,
                ANNOTATIONS,
                REQUEST_TIMEOUT);
    }

    @Override
    public ResourceLock open(LockSettings settings) {
        for (SettingKey key : List.of(TOKEN, TOKEN_FILE, CA_FILE, TLS_DIRECTORY)) {
            if (settings.get(key.name()).isPresent() && settings.get(URL.name()).isEmpty()) {
                throw new IllegalArgumentException(settings.fullKey(URL.name()) + " is missing: "
                        + settings.fullKey(key.name()) + " goes with it");
            }
        }
        KubernetesLeaseLocks.Builder builder = KubernetesLeaseLocks.builder();
        settings.get(NAMESPACE.name()).ifPresent(builder::namespace);
        settings.get(URL.name()).ifPresent(builder::url);
        settings.get(TOKEN.name()).ifPresent(builder::token);
        settings.path(TOKEN_FILE.name()).ifPresent(builder::tokenFile);
        settings.path(CA_FILE.name()).ifPresent(builder::caFile);
        settings.path(TLS_DIRECTORY.name()).map(TlsConfig::fromDirectory).ifPresent(builder::tls);
        settings.path(KUBECONFIG.name()).ifPresent(builder::kubeconfig);
        builder.labels(texts(settings, LABELS)).annotations(texts(settings, ANNOTATIONS));
        settings.duration(REQUEST_TIMEOUT.name()).ifPresent(builder::requestTimeout);
        return builder.lock(settings.name(), settings.identity());
    }

    private static Map<String, String> texts(LockSettings settings, SettingKey key) {
        Map<String, String> texts = new TreeMap<>();
        for (String element : settings.list(key.name())) {
            int equals = element.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(settings.fullKey(key.name())
                        + " must look like app=scheduler,team=infra, but has the element '" + element + "'");
            }
            texts.put(
                    element.substring(0, equals).strip(),
                    element.substring(equals + 1).strip());
        }
        return texts;
    }
}
