package dev.capstan.bench.serialization;

import dev.capstan.bench.serialization.schema.Finding;
import dev.capstan.bench.serialization.schema.Findings;
import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.Data;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.StructList;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Up to 999 search results in, the same with those about cats first and those about dogs last out: mostly text. */
final class CatRank implements Workload {
    private static final byte[] URL = ascii("http://example.com/");
    private static final byte[] CAT = ascii("cat ");
    private static final byte[] DOG = ascii("dog ");
    private static final byte[][] WORDS = {
        ascii("foo "),
        ascii("bar "),
        ascii("baz "),
        ascii("qux "),
        ascii("quux "),
        ascii("corge "),
        ascii("grault "),
        ascii("garply "),
        ascii("waldo "),
        ascii("fred "),
        ascii("plugh "),
        ascii("xyzzy "),
        ascii("thud ")
    };
    private static final Data ABOUT_CATS = Data.of(ascii(" cat "));
    private static final Data ABOUT_DOGS = Data.of(ascii(" dog "));
    private static final int MOST = 1000;
    /** The bits in which a list's index is kept beside a score; scores differ in higher ones. */
    private static final long INDEX = 1023;

    private final byte[] snippet = new byte[512];
    private int snippetBytes;
    private final long[] ranking = new long[MOST];

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
            for (int letter = 0; letter < letters; letter++) {
                url.set(URL.length + letter, (byte) ('a' + random.below(26)));
            }
            boolean isCat = random.below(8) == 0;
            boolean isDog = random.below(8) == 0;
            good += isCat && !isDog ? 1 : 0;
            snippet[0] = ' ';
            snippetBytes = 1;
            appendWords(random);
            if (isCat) {
                append(CAT);
            }
            if (isDog) {
                append(DOG);
            }
            appendWords(random);
            finding.initSnippetUtf8(snippetBytes).put(0, snippet, 0, snippetBytes);
        }
        return good;
    }

    private void appendWords(Xorshift random) {
        int words = random.below(20);
        for (int i = 0; i < words; i++) {
            append(WORDS[random.below(WORDS.length)]);
        }
    }

    private void append(byte[] word) {
        System.arraycopy(word, 0, snippet, snippetBytes, word.length);
        snippetBytes += word.length;
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
