package dev.capstan.examples.guide;

import dev.capstan.cap.Failure;
import java.util.List;
import java.util.Optional;

/** A plain object. */
// snippet server
public final class OurLibrary implements Library {
    static final List<Book> BOOKS = List.of(
            new Book("Emma", "Austen", 1815, Optional.empty()),
            new Book("Persuasion", "Austen", 1817, Optional.of("posthumous")),
            new Book("Dracula", "Stoker", 1897, Optional.empty()));

    @Override
    public Book book(String title) throws NotThere {
        return BOOKS.stream()
                .filter(book -> book.title().equals(title))
                .findFirst()
                .orElseThrow(() -> new NotThere("there is no " + title));
    }

    @Override
    public List<Book> by(String author) {
        return BOOKS.stream().filter(book -> book.author().equals(author)).toList();
    }

    @Override
    public Member signIn(String card) {
        if (!card.equals("card-7")) {
            throw Failure.failed("this card is not known");
        }
        return new OurMember("Ann");
    }
}
// end snippet
