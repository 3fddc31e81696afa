package dev.capstan.bench.serialization;

import dev.capstan.bench.serialization.schema.Car;
import dev.capstan.bench.serialization.schema.Engine;
import dev.capstan.bench.serialization.schema.Lot;
import dev.capstan.bench.serialization.schema.Paint;
import dev.capstan.bench.serialization.schema.Value;
import dev.capstan.bench.serialization.schema.Wheel;
import dev.capstan.capnp.AnyPointer;
import dev.capstan.capnp.MessageBuilder;
import dev.capstan.capnp.StructList;

/** Up to 199 cars in, what they are worth out: small structs of many small fields. */
final class CarSales implements Workload {
    private static final String[] MAKES = {"Toyota", "GM", "Ford", "Honda", "Tesla"};
    private static final String[] MODELS = {"Camry", "Prius", "Volt", "Accord", "Leaf", "Model S"};
    private static final Paint[] PAINTS = {
        Paint.BLACK,
        Paint.WHITE,
        Paint.RED,
        Paint.GREEN,
        Paint.BLUE,
        Paint.CYAN,
        Paint.MAGENTA,
        Paint.YELLOW,
        Paint.SILVER
    };

    @Override
    public long request(MessageBuilder request, Xorshift random) {
        Lot.Builder lot = request.initRoot(Lot.TYPE);
        fill(lot.initCars(random.below(200)), random);
        return worth(lot.asReader().getCars());
    }

    @Override
    public void respond(AnyPointer.Reader request, MessageBuilder response) {
        response.initRoot(Value.TYPE).setAmount(worth(request.as(Lot.TYPE).getCars()));
    }

    @Override
    public long result(AnyPointer.Reader response) {
        return response.as(Value.TYPE).getAmount();
    }

    // Loops are in one method with what they do to each car: a reader or builder that is handed to a method which the
    // compiler does not inline must be allocated.

    private static void fill(StructList.Builder<Car.Builder> cars, Xorshift random) {
        for (Car.Builder car : cars) {
            car.setMake(MAKES[random.below(MAKES.length)]);
            car.setModel(MODELS[random.below(MODELS.length)]);
            car.setPaint(PAINTS[random.below(PAINTS.length)]);
            car.setSeats(2 + random.below(6));
            car.setDoors(2 + random.below(3));
            for (Wheel.Builder wheel : car.initWheels(4)) {
                wheel.setDiameter(25 + random.below(15));
                wheel.setPressure((float) (30 + random.fraction(20)));
                wheel.setSnowTire(random.below(16) == 0);
            }
            int length = 170 + random.below(150);
            int width = 48 + random.below(36);
            int height = 54 + random.below(48);
            car.setLength(length);
            car.setWidth(width);
            car.setHeight(height);
            car.setWeight(length * width * height / 200);
            Engine.Builder engine = car.initEngine();
            engine.setPower(100 * random.below(400));
            engine.setCylinders(4 + 2 * random.below(3));
            engine.setDisplacement(800 + random.below(10_000));
            engine.setBurnsFuel(true);
            engine.setElectric(random.flip());
            float tank = (float) (10 + random.fraction(30));
            car.setTankSize(tank);
            car.setTankLevel((float) random.fraction(tank));
            car.setPowerWindows(random.flip());
            car.setPowerSteering(random.flip());
            car.setCruiseControl(random.flip());
            car.setCupHolders(random.below(12));
            car.setNavigation(random.flip());
        }
    }

    private static long worth(StructList.Reader<Car.Reader> cars) {
        long worth = 0;
        for (Car.Reader car : cars) {
            worth += 200L * car.getSeats() + 350L * car.getDoors();
            for (Wheel.Reader wheel : car.getWheels()) {
                worth += (long) wheel.getDiameter() * wheel.getDiameter() + (wheel.getSnowTire() ? 100 : 0);
            }
            worth += (long) car.getLength() * car.getWidth() * car.getHeight() / 50;
            Engine.Reader engine = car.getEngine();
            worth += 40L * engine.getPower();
            if (engine.getElectric()) {
                worth += engine.getBurnsFuel() ? 5000 : 3000;
            }
            worth += car.getPowerWindows() ? 100 : 0;
            worth += car.getPowerSteering() ? 200 : 0;
            worth += car.getCruiseControl() ? 400 : 0;
            worth += car.getNavigation() ? 2000 : 0;
            worth += 25L * car.getCupHolders();
        }
        return worth;
    }
}
