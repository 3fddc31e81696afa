package dev.capstan.bench.serialization;

import dev.capstan.bench.serialization.schema.Finding;
import dev.capstan.bench.serialization.schema.Findings;
import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.Data;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.StructList;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Up to 999 search results in, the same with those about cats first and those about dogs last out: mostly text. */
final class CatRank implements Workload {
    private static final byte[] URL = ascii("http://example.com/");
    private static final byte[] CAT = ascii("cat ");
    private static final byte[] DOG = ascii("dog ");
    private static final byte[] ALPHABETS = ascii("abcdefghijklmnopqrstuvwxyz".repeat(5));
    private static final List<String> WORDS = List.of(
            "foo ", "bar ", "baz ", "qux ", "quux ", "corge ", "grault ", "garply ", "waldo ", "fred ", "plugh ",
            "xyzzy ", "thud ");
    private static final int MOST_WORDS = 20;
    private static final byte[] ALL_WORDS = ascii(String.join("", WORDS).repeat(3));
    /** Where each word begins. */
    private static final int[] STARTS = starts();

    private static final Data ABOUT_CATS = Data.of(ascii(" cat "));
    private static final Data ABOUT_DOGS = Data.of(ascii(" dog "));
    private static final int MOST = 1000;
    /** The bits in which a list's index is kept beside a score; scores differ in higher ones. */
    private static final long INDEX = 1023;

    private final byte[] snippet = new byte[512];
    private int snippetBytes;
    private final long[] ranking = new long[MOST];

    private static int[] starts() {
        int[] starts = new int[WORDS.size() + MOST_WORDS];
        for (int i = 1; i < starts.length; i++) {
            starts[i] = starts[i - 1] + WORDS.get((i - 1) % WORDS.size()).length();
        }
        return starts;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public long request(MessageBuilder request, Xorshift random) {
        int count = random.below(MOST);
        StructList.Builder<Finding.Builder> list =
                request.initRoot(Findings.TYPE).initList(count);
        int good = 0;
        for (int i = 0; i < count; i++) {
            Finding.Builder finding = list.get(i);
            finding.setScore(1000 - i);
            int letters = random.below(100);
            Data.Builder url = finding.initUrlUtf8(URL.length + letters);
            url.put(0, URL, 0, URL.length);
            url.put(URL.length, ALPHABETS, random.below(26), letters);
            boolean isCat = random.below(8) == 0;
            boolean isDog = random.below(8) == 0;
            good += isCat && !isDog ? 1 : 0;
            snippet[0] = ' ';
            snippetBytes = 1;
            appendWords(random);
            if (isCat) {
                append(CAT, 0, CAT.length);
            }
            if (isDog) {
                append(DOG, 0, DOG.length);
            }
            appendWords(random);
            finding.initSnippetUtf8(snippetBytes).put(0, snippet, 0, snippetBytes);
        }
        return good;
    }

    /** Up to 19 words in a row, from any on. In one piece, since it is messages that are measured. */
    private void appendWords(Xorshift random) {
        int words = random.below(MOST_WORDS);
        int first = random.below(WORDS.size());
        append(ALL_WORDS, STARTS[first], STARTS[first + words]);
    }

    private void append(byte[] text, int from, int to) {
        System.arraycopy(text, from, snippet, snippetBytes, to - from);
        snippetBytes += to - from;
    }

    @Override
    public void respond(AnyPointer.Reader request, MessageBuilder response) {
        StructList.Reader<Finding.Reader> findings = request.as(Findings.TYPE).getList();
        int count = findings.size();
        for (int i = 0; i < count; i++) {
            Finding.Reader finding = findings.get(i);
            double score = finding.getScore();
            Data snippet = finding.getSnippetUtf8();
            if (snippet.indexOf(ABOUT_CATS) >= 0) {
                score *= 10_000;
            }
            if (snippet.indexOf(ABOUT_DOGS) >= 0) {
                score /= 10_000;
            }
            ranking[i] = (Double.doubleToRawLongBits(score) & ~INDEX) | i;
        }
        Arrays.sort(ranking, 0, count);
        StructList.Builder<Finding.Builder> ranked =
                response.initRoot(Findings.TYPE).initList(count);
        for (int i = 0; i < count; i++) {
            long place = ranking[count - 1 - i];
            Finding.Reader finding = findings.get((int) (place & INDEX));
            Finding.Builder copy = ranked.get(i);
            copy.setScore(Double.longBitsToDouble(place & ~INDEX));
            copy.setUrlUtf8(finding.getUrlUtf8());
            copy.setSnippetUtf8(finding.getSnippetUtf8());
        }
    }

    @Override
    public long result(AnyPointer.Reader response) {
        int good = 0;
        for (Finding.Reader finding : response.as(Findings.TYPE).getList()) {
            if (finding.getScore() < 1001) {
                break;
            }
            good++;
        }
        return good;
    }
}
