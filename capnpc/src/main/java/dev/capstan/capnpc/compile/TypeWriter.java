package dev.capstan.capnpc.compile;

import dev.capstan.capnp.StructList;
import java.util.List;
import java.util.function.Supplier;

/** Writes types and brands as nodes tell them. */
final class TypeWriter {
    private TypeWriter() {}

    static void write(dev.capstan.capnp.schema.Type.Builder target, Type type) {
        switch (type) {
            case Type.Simple simple -> write(target, simple);
            case Type.ListOf list -> write(target.initList().initElementType(), list.element());
            case Type.Named named -> write(target, named);
            case Type.Parameter written -> {
                var parameter = target.initAnyPointer().initParameter();
                parameter.setScopeId(written.scopeId());
                parameter.setParameterIndex(written.index());
            }
            case Type.Implicit written ->
                target.initAnyPointer().initImplicitMethodParameter().setParameterIndex(written.index());
        }
    }

    private static void write(dev.capstan.capnp.schema.Type.Builder target, Type.Named type) {
        switch (type.node().kind()) {
            case ENUM -> {
                var written = target.initEnum();
                written.setTypeId(type.node().id());
                brand(type.brand(), written::initBrand);
            }
            case INTERFACE -> {
                var written = target.initInterface();
                written.setTypeId(type.node().id());
                brand(type.brand(), written::initBrand);
            }
            default -> {
                var written = target.initStruct();
                written.setTypeId(type.node().id());
                brand(type.brand(), written::initBrand);
            }
        }
    }

    private static void write(dev.capstan.capnp.schema.Type.Builder target, Type.Simple type) {
        switch (type) {
            case VOID -> target.setVoid();
            case BOOL -> target.setBool();
            case INT8 -> target.setInt8();
            case INT16 -> target.setInt16();
            case INT32 -> target.setInt32();
            case INT64 -> target.setInt64();
            case UINT8 -> target.setUint8();
            case UINT16 -> target.setUint16();
            case UINT32 -> target.setUint32();
            case UINT64 -> target.setUint64();
            case FLOAT32 -> target.setFloat32();
            case FLOAT64 -> target.setFloat64();
            case TEXT -> target.setText();
            case DATA -> target.setData();
            case ANY_POINTER -> target.initAnyPointer().initUnconstrained().setAnyKind();
            case ANY_STRUCT -> target.initAnyPointer().initUnconstrained().setStruct();
            case ANY_LIST -> target.initAnyPointer().initUnconstrained().setList();
            case CAPABILITY -> target.initAnyPointer().initUnconstrained().setCapability();
        }
    }

    /** A brand without scopes is not written at all. */
    static void brand(Brand brand, Supplier<dev.capstan.capnp.schema.Brand.Builder> target) {
        if (brand.scopes().isEmpty()) {
            return;
        }
        var scopes = target.get().initScopes(brand.scopes().size());
        for (int i = 0; i < brand.scopes().size(); i++) {
            Brand.Scope scope = brand.scopes().get(i);
            var written = scopes.get(i);
            written.setScopeId(scope.id());
            List<Type> arguments = scope.arguments();
            if (arguments == null) {
                written.setInherit();
                continue;
            }
            StructList.Builder<dev.capstan.capnp.schema.Brand.Binding.Builder> bindings =
                    written.initBind(arguments.size());
            for (int j = 0; j < arguments.size(); j++) {
                write(bindings.get(j).initType(), arguments.get(j));
            }
        }
    }
}
