package dev.capstan.examples.shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.capstan.cap.Failure;
import dev.capstan.net.NetLoop;
import dev.capstan.net.Transport;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ShopTest {
    private final List<LogLine> log = new CopyOnWriteArrayList<>();
    private final Shop shop = Shop.open(log::add);
    private final NetLoop net = NetLoop.open("customer", Transport.AUTO);

    @AfterEach
    void close() {
        net.close();
        shop.close();
    }

    @Test
    void an_order_goes_through_all_three_services_and_each_tells_of_it_with_the_same_id() {
        assertEquals(new Orders.Receipt("lamp", 3, 14700), Shop.order(net, shop.orders(), "lamp", 3, "id-1"));
        assertEquals(
                List.of(
                        "orders [id-1] an order of 3 of lamp",
                        "stock [id-1] 3 of lamp",
                        "prices [id-1] the price of a lamp"),
                log.stream().map(LogLine::toString).toList());
    }

    @Test
    void each_order_has_its_own_id() {
        Shop.order(net, shop.orders(), "lamp", 1, "id-1");
        Shop.order(net, shop.orders(), "chair", 1, "id-2");
        assertEquals(
                List.of("id-1", "id-1", "id-1", "id-2", "id-2", "id-2"),
                log.stream().map(LogLine::correlationId).toList());
    }

    @Test
    void what_the_last_service_refuses_is_told_to_the_customer() {
        Failure told = assertThrows(Failure.class, () -> Shop.order(net, shop.orders(), "boat", 1, "id-1"));
        assertTrue(told.reason().contains("nobody here sells a boat"), told::reason);
        assertEquals(3, log.size());
    }
}
