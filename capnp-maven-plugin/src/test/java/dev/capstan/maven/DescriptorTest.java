package dev.capstan.maven;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What Maven and Eclipse are told about the plugin. */
class DescriptorTest {
    private static Document read(String resource) throws Exception {
        try (InputStream in = DescriptorTest.class.getResourceAsStream(resource)) {
            assertNotNull(in, resource);
            return DocumentBuilderFactory.newDefaultInstance()
                    .newDocumentBuilder()
                    .parse(in);
        }
    }

    private static String text(Element element, String child) {
        return element.getElementsByTagName(child).item(0).getTextContent();
    }

    @Test
    void each_goal_has_its_phase_and_may_run_in_parallel() throws Exception {
        NodeList mojos = read("/META-INF/maven/plugin.xml").getElementsByTagName("mojo");
        Map<String, String> phases = new TreeMap<>();
        for (int i = 0; i < mojos.getLength(); i++) {
            Element mojo = (Element) mojos.item(i);
            phases.put(text(mojo, "goal"), text(mojo, "phase"));
            assertEquals("true", text(mojo, "threadSafe"), text(mojo, "goal"));
        }
        assertEquals(
                Map.of("generate", "generate-sources", "generate-test", "generate-test-sources", "breaking", "verify"),
                phases);
    }

    @Test
    void eclipse_is_told_about_every_goal() throws Exception {
        NodeList goals = read("/META-INF/m2e/lifecycle-mapping-metadata.xml").getElementsByTagName("goal");
        List<String> named = new ArrayList<>();
        for (int i = 0; i < goals.getLength(); i++) {
            named.add(goals.item(i).getTextContent());
        }
        assertEquals(List.of("generate", "generate-test", "breaking"), named);
    }
}
