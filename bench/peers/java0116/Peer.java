import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.capnproto.ArrayInputStream;
import org.capnproto.ArrayOutputStream;
import org.capnproto.MessageBuilder;
import org.capnproto.MessageReader;
import org.capnproto.ReaderOptions;
import org.capnproto.Serialize;
import org.capnproto.SerializePacked;
import org.capnproto.StructList;
import org.capnproto.Text;
import peer.Schema.Car;
import peer.Schema.Engine;
import peer.Schema.Expression;
import peer.Schema.Finding;
import peer.Schema.Findings;
import peer.Schema.Lot;
import peer.Schema.Operator;
import peer.Schema.Outcome;
import peer.Schema.Paint;
import peer.Schema.Value;
import peer.Schema.Wheel;

/**
 * The serialization benchmark on org.capnproto:runtime 0.1.16, as fast as its API lets one write it. Arguments: "checksums ITERATIONS" or
 * "run WORKLOAD MODE reuse|fresh MS ITERATIONS", which prints a line of JSON. Built by build.sh beside it.
 *
 * Memory is used again as far as there is a way: builders begin in a buffer that is cleared, and streams end in one that is kept.
 */
public final class Peer {
    private static final long TRAVERSAL_WORDS = 8L << 20;
    private static final int NESTING = 64;
    private static final ReaderOptions OPTIONS = new ReaderOptions(TRAVERSAL_WORDS, NESTING);
    private static final int MOST_BYTES = 1 << 20;

    private final String workload;
    private final String mode;
    private final boolean reuse;
    private final Random random = new Random();
    private final Way request = new Way();
    private final Way response = new Way();

    private static final class Way {
        final ByteBuffer memory = ByteBuffer.allocate(MOST_BYTES);
        MessageBuilder last;
        ByteBuffer wire = ByteBuffer.allocate(MOST_BYTES);
    }

    /** As Xorshift in bench. */
    private static final class Random {
        private long state = 0x1f2e_3d4c_5b6a_7988L;

        int below(int bound) {
            return (int) (((next() >>> 32) * bound) >>> 32);
        }

        boolean flip() {
            return below(2) != 0;
        }

        double fraction(double bound) {
            return (next() >>> 32) * 0x1p-32 * bound;
        }

        private long next() {
            long x = state;
            x ^= x << 13;
            x ^= x >>> 7;
            x ^= x << 17;
            state = x;
            return x;
        }
    }

    private Peer(String workload, String mode, boolean reuse) {
        this.workload = workload;
        this.mode = mode;
        this.reuse = reuse;
    }

    private long once() throws IOException {
        MessageBuilder requestMessage = builder(request);
        long expected = switch (workload) {
            case "carsales" -> CarSales.request(requestMessage, random);
            case "catrank" -> CatRank.request(requestMessage, random);
            default -> Evaluation.request(requestMessage, random);
        };
        MessageBuilder responseMessage = builder(response);
        long result;
        if (mode.equals("object")) {
            respond(requestMessage, null, responseMessage);
            result = result(responseMessage, null);
        } else {
            respond(null, pass(requestMessage, request), responseMessage);
            result = result(null, pass(responseMessage, response));
        }
        if (result != expected) {
            throw new IllegalStateException(result + " instead of " + expected);
        }
        return result;
    }

    private MessageBuilder builder(Way way) {
        if (!reuse) {
            return new MessageBuilder();
        }
        if (way.last != null) {
            way.last.clearFirstSegment();
        }
        way.last = new MessageBuilder(way.memory);
        return way.last;
    }

    private MessageReader pass(MessageBuilder message, Way way) throws IOException {
        boolean packed = mode.equals("packed");
        if (!reuse) {
            way.wire = ByteBuffer.allocate(Math.toIntExact(packed ? 2 * Serialize.computeSerializedSizeInWords(message) * 8 + 64
                    : Serialize.computeSerializedSizeInWords(message) * 8));
        }
        way.wire.clear();
        ArrayOutputStream out = new ArrayOutputStream(way.wire);
        if (packed) {
            SerializePacked.write(out, message);
        } else {
            Serialize.write(out, message);
        }
        ByteBuffer in = out.getWriteBuffer().duplicate();
        in.flip();
        return packed ? SerializePacked.read(new ArrayInputStream(in), OPTIONS) : Serialize.read(in, OPTIONS);
    }

    private void respond(MessageBuilder built, MessageReader read, MessageBuilder response) {
        switch (workload) {
            case "carsales" -> CarSales.respond(built == null ? read.getRoot(Lot.factory) : built.getRoot(Lot.factory).asReader(), response);
            case "catrank" -> CatRank.respond(built == null ? read.getRoot(Findings.factory) : built.getRoot(Findings.factory).asReader(), response);
            default -> Evaluation.respond(built == null ? read.getRoot(Expression.factory) : built.getRoot(Expression.factory).asReader(), response);
        }
    }

    private long result(MessageBuilder built, MessageReader read) {
        return switch (workload) {
            case "carsales" -> (built == null ? read.getRoot(Value.factory) : built.getRoot(Value.factory).asReader()).getAmount();
            case "catrank" -> CatRank.result(built == null ? read.getRoot(Findings.factory) : built.getRoot(Findings.factory).asReader());
            default -> (built == null ? read.getRoot(Outcome.factory) : built.getRoot(Outcome.factory).asReader()).getNumber();
        };
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static final class CarSales {
        private static final Text.Reader[] MAKES = texts("Toyota", "GM", "Ford", "Honda", "Tesla");
        private static final Text.Reader[] MODELS = texts("Camry", "Prius", "Volt", "Accord", "Leaf", "Model S");
        private static final Paint[] PAINTS = {
            Paint.BLACK, Paint.WHITE, Paint.RED, Paint.GREEN, Paint.BLUE, Paint.CYAN, Paint.MAGENTA, Paint.YELLOW, Paint.SILVER
        };

        private static Text.Reader[] texts(String... texts) {
            return Arrays.stream(texts).map(Text.Reader::new).toArray(Text.Reader[]::new);
        }

        static long request(MessageBuilder message, Random random) {
            Lot.Builder lot = message.initRoot(Lot.factory);
            for (Car.Builder car : lot.initCars(random.below(200))) {
                car.setMake(MAKES[random.below(MAKES.length)]);
                car.setModel(MODELS[random.below(MODELS.length)]);
                car.setPaint(PAINTS[random.below(PAINTS.length)]);
                car.setSeats((byte) (2 + random.below(6)));
                car.setDoors((byte) (2 + random.below(3)));
                for (Wheel.Builder wheel : car.initWheels(4)) {
                    wheel.setDiameter((short) (25 + random.below(15)));
                    wheel.setPressure((float) (30 + random.fraction(20)));
                    wheel.setSnowTire(random.below(16) == 0);
                }
                int length = 170 + random.below(150);
                int width = 48 + random.below(36);
                int height = 54 + random.below(48);
                car.setLength((short) length);
                car.setWidth((short) width);
                car.setHeight((short) height);
                car.setWeight(length * width * height / 200);
                Engine.Builder engine = car.initEngine();
                engine.setPower((short) (100 * random.below(400)));
                engine.setCylinders((byte) (4 + 2 * random.below(3)));
                engine.setDisplacement(800 + random.below(10_000));
                engine.setBurnsFuel(true);
                engine.setElectric(random.flip());
                float tank = (float) (10 + random.fraction(30));
                car.setTankSize(tank);
                car.setTankLevel((float) random.fraction(tank));
                car.setPowerWindows(random.flip());
                car.setPowerSteering(random.flip());
                car.setCruiseControl(random.flip());
                car.setCupHolders((byte) random.below(12));
                car.setNavigation(random.flip());
            }
            return worth(lot.asReader());
        }

        static void respond(Lot.Reader lot, MessageBuilder response) {
            response.initRoot(Value.factory).setAmount(worth(lot));
        }

        private static long worth(Lot.Reader lot) {
            long worth = 0;
            for (Car.Reader car : lot.getCars()) {
                worth += 200L * (car.getSeats() & 0xff) + 350L * (car.getDoors() & 0xff);
                for (Wheel.Reader wheel : car.getWheels()) {
                    long diameter = wheel.getDiameter() & 0xffff;
                    worth += diameter * diameter + (wheel.getSnowTire() ? 100 : 0);
                }
                worth += (long) (car.getLength() & 0xffff) * (car.getWidth() & 0xffff) * (car.getHeight() & 0xffff) / 50;
                Engine.Reader engine = car.getEngine();
                worth += 40L * (engine.getPower() & 0xffff);
                if (engine.getElectric()) {
                    worth += engine.getBurnsFuel() ? 5000 : 3000;
                }
                worth += car.getPowerWindows() ? 100 : 0;
                worth += car.getPowerSteering() ? 200 : 0;
                worth += car.getCruiseControl() ? 400 : 0;
                worth += car.getNavigation() ? 2000 : 0;
                worth += 25L * (car.getCupHolders() & 0xff);
            }
            return worth;
        }
    }

    private static final class CatRank {
        private static final byte[] URL = ascii("http://example.com/");
        private static final byte[] CAT = ascii("cat ");
        private static final byte[] DOG = ascii("dog ");
        private static final byte[] ABOUT_CATS = ascii(" cat ");
        private static final byte[] ABOUT_DOGS = ascii(" dog ");
        private static final byte[] ALPHABETS = ascii("abcdefghijklmnopqrstuvwxyz".repeat(5));
        private static final String[] WORDS = {
            "foo ", "bar ", "baz ", "qux ", "quux ", "corge ", "grault ", "garply ", "waldo ", "fred ", "plugh ", "xyzzy ", "thud "
        };
        private static final int MOST_WORDS = 20;
        private static final byte[] ALL_WORDS = ascii(String.join("", WORDS).repeat(3));
        private static final int[] STARTS = starts();
        private static final int MOST = 1000;
        private static final long INDEX = 1023;
        private static final byte[] SNIPPET = new byte[512];
        private static final long[] RANKING = new long[MOST];
        private static int snippetBytes;

        static long request(MessageBuilder message, Random random) {
            int count = random.below(MOST);
            StructList.Builder<Finding.Builder> list = message.initRoot(Findings.factory).initList(count);
            int good = 0;
            for (int i = 0; i < count; i++) {
                Finding.Builder finding = list.get(i);
                finding.setScore(1000 - i);
                int letters = random.below(100);
                Text.Builder url = finding.initUrl(URL.length + letters);
                ByteBuffer memory = url.buffer;
                memory.put(url.offset, URL);
                memory.put(url.offset + URL.length, ALPHABETS, random.below(26), letters);
                boolean isCat = random.below(8) == 0;
                boolean isDog = random.below(8) == 0;
                good += isCat && !isDog ? 1 : 0;
                SNIPPET[0] = ' ';
                snippetBytes = 1;
                words(random);
                if (isCat) {
                    append(CAT, 0, CAT.length);
                }
                if (isDog) {
                    append(DOG, 0, DOG.length);
                }
                words(random);
                Text.Builder snippet = finding.initSnippet(snippetBytes);
                snippet.buffer.put(snippet.offset, SNIPPET, 0, snippetBytes);
            }
            return good;
        }

        private static int[] starts() {
            int[] starts = new int[WORDS.length + MOST_WORDS];
            for (int i = 1; i < starts.length; i++) {
                starts[i] = starts[i - 1] + WORDS[(i - 1) % WORDS.length].length();
            }
            return starts;
        }

        private static void words(Random random) {
            int words = random.below(MOST_WORDS);
            int first = random.below(WORDS.length);
            append(ALL_WORDS, STARTS[first], STARTS[first + words]);
        }

        private static void append(byte[] text, int from, int to) {
            System.arraycopy(text, from, SNIPPET, snippetBytes, to - from);
            snippetBytes += to - from;
        }

        private static boolean contains(Text.Reader text, byte[] words) {
            ByteBuffer bytes = text.buffer;
            int end = text.offset + text.size - words.length;
            for (int at = text.offset; at <= end; at++) {
                int same = 0;
                while (same < words.length && bytes.get(at + same) == words[same]) {
                    same++;
                }
                if (same == words.length) {
                    return true;
                }
            }
            return false;
        }

        static void respond(Findings.Reader request, MessageBuilder response) {
            StructList.Reader<Finding.Reader> findings = request.getList();
            int count = findings.size();
            for (int i = 0; i < count; i++) {
                Finding.Reader finding = findings.get(i);
                double score = finding.getScore();
                Text.Reader snippet = finding.getSnippet();
                if (contains(snippet, ABOUT_CATS)) {
                    score *= 10_000;
                }
                if (contains(snippet, ABOUT_DOGS)) {
                    score /= 10_000;
                }
                RANKING[i] = (Double.doubleToRawLongBits(score) & ~INDEX) | i;
            }
            Arrays.sort(RANKING, 0, count);
            StructList.Builder<Finding.Builder> ranked = response.initRoot(Findings.factory).initList(count);
            for (int i = 0; i < count; i++) {
                long place = RANKING[count - 1 - i];
                Finding.Reader finding = findings.get((int) (place & INDEX));
                Finding.Builder copy = ranked.get(i);
                copy.setScore(Double.longBitsToDouble(place & ~INDEX));
                copy.setUrl(finding.getUrl());
                copy.setSnippet(finding.getSnippet());
            }
        }

        static long result(Findings.Reader response) {
            int good = 0;
            for (Finding.Reader finding : response.getList()) {
                if (finding.getScore() < 1001) {
                    break;
                }
                good++;
            }
            return good;
        }
    }

    private static final class Evaluation {
        private static final Operator[] OPERATORS = {Operator.PLUS, Operator.MINUS, Operator.TIMES, Operator.OVER, Operator.MODULO};

        static long request(MessageBuilder message, Random random) {
            return fill(message.initRoot(Expression.factory), 0, random);
        }

        static void respond(Expression.Reader expression, MessageBuilder response) {
            response.initRoot(Outcome.factory).setNumber(value(expression));
        }

        private static int fill(Expression.Builder expression, int depth, Random random) {
            int operator = random.below(5);
            expression.setOperator(OPERATORS[operator]);
            int left;
            if (random.below(8) < depth) {
                left = 1 + random.below(128);
                expression.getLeft().setNumber(left);
            } else {
                left = fill(expression.getLeft().initNested(), depth + 1, random);
            }
            int right;
            if (random.below(8) < depth) {
                right = 1 + random.below(128);
                expression.getRight().setNumber(right);
            } else {
                right = fill(expression.getRight().initNested(), depth + 1, random);
            }
            return apply(operator, left, right);
        }

        private static int value(Expression.Reader expression) {
            Expression.Left.Reader left = expression.getLeft();
            int first = left.isNested() ? value(left.getNested()) : left.getNumber();
            Expression.Right.Reader right = expression.getRight();
            int second = right.isNested() ? value(right.getNested()) : right.getNumber();
            return apply(expression.getOperator().ordinal(), first, second);
        }

        private static int apply(int operator, int a, int b) {
            boolean overflows = b == 0 || (a == Integer.MIN_VALUE && b == -1);
            return switch (operator) {
                case 0 -> a + b;
                case 1 -> a - b;
                case 2 -> a * b;
                case 3 -> overflows ? Integer.MAX_VALUE : a / b;
                case 4 -> overflows ? Integer.MAX_VALUE : a % b;
                default -> throw new IllegalStateException("the request has an operator that is not known here");
            };
        }
    }

    private static void checksums(int iterations) throws IOException {
        for (String workload : new String[] {"carsales", "catrank", "eval"}) {
            for (String mode : new String[] {"object", "bytes", "packed"}) {
                for (boolean reuse : new boolean[] {false, true}) {
                    Peer peer = new Peer(workload, mode, reuse);
                    long sum = 0;
                    for (int i = 0; i < iterations; i++) {
                        sum = 31 * sum + peer.once();
                    }
                    System.out.println(workload + " " + mode + " " + (reuse ? "reuse" : "fresh") + " " + Long.toHexString(sum));
                }
            }
        }
    }

    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** Warm as SerializationBenchmark has it: until the compiler has had nothing to do for a while. */
    private void runIn() throws IOException {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        long compiled = -1;
        for (int round = 0, idle = 0; round < 50 && idle < 4; round++) {
            long end = cpu() + 300_000_000;
            while (cpu() < end) {
                for (int i = 0; i < 16; i++) {
                    once();
                }
            }
            long now = compiler.getTotalCompilationTime();
            idle = now - compiled <= 10 ? idle + 1 : 0;
            compiled = now;
        }
    }

    private void run(long millis, int iterations) throws IOException {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        runIn();
        double[] ns = new double[iterations];
        double[] cpu = new double[iterations];
        double[] allocated = new double[iterations];
        for (int n = 0; n < iterations; n++) {
            long beforeNs = System.nanoTime();
            long beforeCpu = cpu();
            long beforeAllocated = threads.getCurrentThreadAllocatedBytes();
            long exchanges = 0;
            while (System.nanoTime() - beforeNs < millis * 1_000_000) {
                for (int i = 0; i < 16; i++) {
                    once();
                }
                exchanges += 16;
            }
            allocated[n] = (double) (threads.getCurrentThreadAllocatedBytes() - beforeAllocated) / exchanges;
            cpu[n] = (double) (cpu() - beforeCpu) / exchanges;
            ns[n] = (double) (System.nanoTime() - beforeNs) / exchanges;
        }
        System.out.printf("{\"ns\": %s, \"cpu_ns\": %s, \"allocated\": %s}%n", median(ns), median(cpu), median(allocated));
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return (values[values.length / 2] + values[(values.length - 1) / 2]) / 2;
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments[0].equals("checksums")) {
            checksums(Integer.parseInt(arguments[1]));
        } else {
            new Peer(arguments[1], arguments[2], arguments[3].equals("reuse")).run(Long.parseLong(arguments[4]), Integer.parseInt(arguments[5]));
        }
    }
}
