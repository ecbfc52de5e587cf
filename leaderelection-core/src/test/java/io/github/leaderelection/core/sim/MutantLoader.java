package io.github.leaderelection.core.sim;

import com.google.common.util.concurrent.MoreExecutors;
import io.github.leaderelection.LeaderElectionRecord;
import io.github.leaderelection.core.machine.ElectionMachine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;

/** Compiles changed sources in memory, and loads them together with what uses them, apart from the real ones. */
public final class MutantLoader extends ClassLoader {

    private static final String MACHINE = ElectionMachine.class.getPackageName() + ".";
    private static final String SIMULATOR = MutantLoader.class.getPackageName() + ".";

    private final Map<String, byte[]> changed;
    private final List<String> apart;

    private MutantLoader(Map<String, byte[]> changed, List<String> apart) {
        super(MutantLoader.class.getClassLoader());
        this.changed = changed;
        this.apart = apart;
    }

    /** The class of this name with these sources in the place of the real ones; what begins with {@code apart} is loaded anew. */
    public static Class<?> load(Map<Path, String> sources, List<String> apart, String name)
            throws ClassNotFoundException {
        return Class.forName(name, true, new MutantLoader(compile(sources), apart));
    }

    /** What plays seeds with these sources in the place of the real ones; {@code audited} as in {@link SimRun}. */
    @SuppressWarnings("unchecked")
    static LongFunction<String> load(Map<Path, String> sources, boolean audited) throws ReflectiveOperationException {
        Class<?> probe = load(sources, List.of(MACHINE, SIMULATOR), Probe.class.getName());
        return (LongFunction<String>) probe.getConstructor(boolean.class).newInstance(audited);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (apart.stream().noneMatch(name::startsWith)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) {
                byte[] bytes = changed.containsKey(name) ? changed.get(name) : real(name);
                loaded = defineClass(name, bytes, 0, bytes.length);
            }
            return loaded;
        }
    }

    private byte[] real(String name) throws ClassNotFoundException {
        try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new ClassNotFoundException(name, unreadable);
        }
    }

    // ---- compiling

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(Path path, String text) {
            super(path.toUri(), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static final class Output extends SimpleJavaFileObject {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Output(String name) {
            super(URI.create("memory:/" + name.replace('.', '/') + ".class"), Kind.CLASS);
        }

        @Override
        public OutputStream openOutputStream() {
            return bytes;
        }
    }

    private static Map<String, byte[]> compile(Map<Path, String> sources) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        Map<String, Output> outputs = new HashMap<>();
        StringWriter complaints = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            JavaFileManager memory = new ForwardingJavaFileManager<>(files) {
                @Override
                public JavaFileObject getJavaFileForOutput(
                        Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
                    return outputs.computeIfAbsent(name, Output::new);
                }
            };
            List<String> options = List.of("-proc:none", "-nowarn", "-classpath", classPath());
            List<Source> units = sources.entrySet().stream()
                    .map(source -> new Source(source.getKey().toAbsolutePath(), source.getValue()))
                    .toList();
            if (!compiler.getTask(complaints, memory, null, options, null, units)
                    .call()) {
                throw new IllegalStateException("a mutant does not compile:\n" + complaints);
            }
        } catch (IOException trouble) {
            throw new UncheckedIOException(trouble);
        }
        return outputs.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, output -> output.getValue().bytes.toByteArray()));
    }

    private static String classPath() {
        return Stream.of(
                        ElectionMachine.class,
                        MutantLoader.class,
                        LeaderElectionRecord.class,
                        MoreExecutors.class,
                        NullMarked.class)
                .map(MutantLoader::location)
                .collect(Collectors.joining(System.getProperty("path.separator")));
    }

    private static String location(Class<?> of) {
        try {
            return Path.of(of.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
