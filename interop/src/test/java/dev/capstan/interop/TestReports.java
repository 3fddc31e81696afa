package dev.capstan.interop;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** What surefire's XML reports say about each test, by {@code binary.ClassName#method}. */
final class TestReports {
    /** In the order of what counts when a method ran more than once (parameterized, repeated): a failure outweighs the rest. */
    enum Outcome {
        ABSENT,
        SKIPPED,
        PASSED,
        FAILED
    }

    private final Map<String, Outcome> outcomes = new HashMap<>();

    private TestReports() {}

    static TestReports in(SourceTree tree) {
        TestReports reports = new TestReports();
        for (SourceTree.Module module : tree.modules()) {
            SourceTree.filesEndingWith(module.testReports(), ".xml")
                    .forEach(file -> reports.add(SourceTree.text(file), file));
        }
        return reports;
    }

    static TestReports of(String xml) {
        TestReports reports = new TestReports();
        reports.add(xml, Path.of("given.xml"));
        return reports;
    }

    Outcome outcome(String testId) {
        return outcomes.getOrDefault(testId, Outcome.ABSENT);
    }

    private void add(String xml, Path file) {
        NodeList cases;
        try {
            cases = DocumentBuilderFactory.newDefaultInstance()
                    .newDocumentBuilder()
                    .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)))
                    .getElementsByTagName("testcase");
        } catch (IOException cannotRead) {
            throw new UncheckedIOException(file.toString(), cannotRead);
        } catch (SAXException | ParserConfigurationException notXml) {
            throw new IllegalStateException(file + " is no surefire report; delete it and run the tests again", notXml);
        }
        for (int i = 0; i < cases.getLength(); i++) {
            Element testCase = (Element) cases.item(i);
            outcomes.merge(
                    testCase.getAttribute("classname") + "#" + method(testCase.getAttribute("name")),
                    outcome(testCase),
                    (one, other) -> one.compareTo(other) > 0 ? one : other);
        }
    }

    /** Surefire writes {@code method}, and {@code method(String)[2]} or {@code method[2]} for what runs more than once. */
    private static String method(String caseName) {
        int end = 0;
        while (end < caseName.length() && Character.isJavaIdentifierPart(caseName.charAt(end))) {
            end++;
        }
        return caseName.substring(0, end);
    }

    private static Outcome outcome(Element testCase) {
        if (testCase.getElementsByTagName("failure").getLength() > 0
                || testCase.getElementsByTagName("error").getLength() > 0) {
            return Outcome.FAILED;
        }
        return testCase.getElementsByTagName("skipped").getLength() > 0 ? Outcome.SKIPPED : Outcome.PASSED;
    }
}
