# Schemas as data: what the compiler tells a code generator.

@0xa93fc509624c72d9;

$import "/capnp/c++.capnp".namespace("capnp::schema");
$import "/capnp/java.capnp".package("dev.capstan.capnp.schema");

using Id = UInt64;
# Names one declaration for good. Bit 63 is always set.

struct Node {
  # One declaration: a file, struct, enum, interface, constant or annotation.

  id @0 :Id;

  displayName @1 :Text;
  # For messages to people: file name, colon, dotted name. Nothing may depend on it.

  displayNamePrefixLength @2 :UInt32;
  # How many bytes of the display name to drop to be left with the name of this node alone.

  scopeId @3 :Id;
  # The node around this one; 0 for files and for structs that a method's parameter or result list implies.

  parameters @32 :List(Parameter);
  # The type parameters that this node itself declares.

  isGeneric @33 :Bool;
  # Whether this node or one around it has type parameters.

  struct Parameter {
    # A type parameter. It may stand for any type that lives behind a pointer.

    name @0 :Text;
  }

  nestedNodes @4 :List(NestedNode);
  # What is declared inside, in the order of declaration. Groups are not among them.

  struct NestedNode {
    # A declaration inside another one.

    name @0 :Text;
    # Without its scope.

    id @1 :Id;
    # The node itself may be missing from the request.
  }

  annotations @5 :List(Annotation);

  union {
    file @6 :Void;

    struct :group {
      dataWordCount @7 :UInt16;
      # The size of the data section in words.

      pointerCount @8 :UInt16;
      # The size of the pointer section in words.

      preferredListEncoding @9 :ElementSize;
      # How a list of this struct used to be written. Lists of structs are written as `inlineComposite` today.

      isGroup @10 :Bool;
      # A group or named union: its fields lie in the struct around it, whose sizes it repeats.

      discriminantCount @11 :UInt16;
      # The members of the unnamed union; 0 if there is none, else at least 2.

      discriminantOffset @12 :UInt32;
      # Where the union's tag lies in the data section, in units of 16 bits.

      fields @13 :List(Field);
      # In the order of their ordinals, members of the unnamed union included.
    }

    enum :group {
      enumerants @14 :List(Enumerant);
      # In the order of their numbers.
    }

    interface :group {
      methods @15 :List(Method);
      # In the order of their ordinals.

      superclasses @31 :List(Superclass);
      # The interfaces that this one extends directly.
    }

    const :group {
      type @16 :Type;
      value @17 :Value;
    }

    annotation :group {
      type @18 :Type;
      # What a use of the annotation carries.

      targetsFile @19 :Bool;
      targetsConst @20 :Bool;
      targetsEnum @21 :Bool;
      targetsEnumerant @22 :Bool;
      targetsStruct @23 :Bool;
      targetsField @24 :Bool;
      targetsUnion @25 :Bool;
      targetsGroup @26 :Bool;
      targetsInterface @27 :Bool;
      targetsMethod @28 :Bool;
      targetsParam @29 :Bool;
      targetsAnnotation @30 :Bool;
    }
  }

  startByte @34 :UInt32;
  # Where the declaration begins in its file.

  endByte @35 :UInt32;
  # Where it ends.

  struct SourceInfo {
    # What the source says about a node besides its meaning.

    id @0 :Id;
    # The node.

    docComment @1 :Text;
    # The comment below the declaration, without comment signs.

    members @2 :List(Member);
    # One for each field, enumerant or method, in the order in which the node lists them.

    struct Member {
      # What the source says about a field, enumerant or method.

      docComment @0 :Text;
      startByte @1 :UInt32;
      endByte @2 :UInt32;
    }

    startByte @3 :UInt32;
    endByte @4 :UInt32;
  }
}

struct Field {
  # A field of a struct or group.

  name @0 :Text;

  codeOrder @1 :UInt16;
  # Its place in the source.

  annotations @2 :List(Annotation);

  const noDiscriminant :UInt16 = 0xffff;
  # The discriminant value of a field that is no member of the unnamed union.

  discriminantValue @3 :UInt16 = Field.noDiscriminant;
  # The union's tag when this field is set.

  union {
    slot :group {
      # A field with a place of its own.

      offset @4 :UInt32;
      # In units of the field's own size, from the start of the section: bits for Bool, pointers for whatever lives behind one.

      type @5 :Type;
      defaultValue @6 :Value;

      hadExplicitDefault @10 :Bool;
      # Whether the source names a default. Without one, the default is zero, empty or null.
    }

    group :group {
      # A group or named union.

      typeId @7 :Id;
      # The node of the group.
    }
  }

  ordinal :union {
    implicit @8 :Void;
    explicit @9 :UInt16;
    # The number after the `@`.
  }
}

struct Enumerant {
  # A value of an enum. Its number is its place in the list.

  name @0 :Text;

  codeOrder @1 :UInt16;
  # Its place in the source.

  annotations @2 :List(Annotation);
}

struct Superclass {
  # An interface that another one extends.

  id @0 :Id;
  brand @1 :Brand;
}

struct Method {
  # A method of an interface. Its number is its place in the list.

  name @0 :Text;

  codeOrder @1 :UInt16;
  # Its place in the source.

  implicitParameters @7 :List(Node.Parameter);
  # Type parameters of the method itself; the caller picks them.

  paramStructType @2 :Id;
  # The struct of the parameters. Its node has scope 0 if a parameter list implies it.

  paramBrand @5 :Brand;

  resultStructType @3 :Id;
  # The struct of the results; that of stream.capnp if the method is declared `-> stream`.

  resultBrand @6 :Brand;

  annotations @4 :List(Annotation);
}

struct Type {
  # The type of a field, element, constant or type argument.

  union {
    void @0 :Void;
    bool @1 :Void;
    int8 @2 :Void;
    int16 @3 :Void;
    int32 @4 :Void;
    int64 @5 :Void;
    uint8 @6 :Void;
    uint16 @7 :Void;
    uint32 @8 :Void;
    uint64 @9 :Void;
    float32 @10 :Void;
    float64 @11 :Void;
    text @12 :Void;
    data @13 :Void;

    list :group {
      elementType @14 :Type;
    }

    enum :group {
      typeId @15 :Id;
      brand @21 :Brand;
    }
    struct :group {
      typeId @16 :Id;
      brand @22 :Brand;
    }
    interface :group {
      typeId @17 :Id;
      brand @23 :Brand;
    }

    anyPointer :union {
      unconstrained :union {
        # Whatever lives behind a pointer, or one kind of it.

        anyKind @18 :Void;
        # `AnyPointer`.

        struct @25 :Void;
        # `AnyStruct`.

        list @26 :Void;
        # `AnyList`.

        capability @27 :Void;
        # `Capability`.
      }

      parameter :group {
        # A type parameter of this node or one around it.

        scopeId @19 :Id;
        # The node that declares it.

        parameterIndex @20 :UInt16;
        # Which of that node's parameters.
      }

      implicitMethodParameter :group {
        # A type parameter of the method. Occurs only in the brands of its parameter and result types.

        parameterIndex @24 :UInt16;
        # Which of the method's parameters.
      }
    }
  }
}

struct Brand {
  # What the type parameters of a generic declaration stand for where it is used.

  scopes @0 :List(Scope);
  # For the declaration and those around it. One that is missing here has all its parameters unbound.

  struct Scope {
    # The type parameters that one declaration introduces.

    scopeId @0 :Id;
    # The declaration.

    union {
      bind @1 :List(Binding);
      # What each parameter stands for, in order.

      inherit @2 :Void;
      # The use lies inside the declaration: its parameters stand for themselves.
    }
  }

  struct Binding {
    # What a type parameter stands for.

    union {
      unbound @0 :Void;
      # Not said: AnyPointer.

      type @1 :Type;
    }
  }
}

struct Value {
  # The value of a constant, default or annotation.

  union {
    void @0 :Void;
    bool @1 :Bool;
    int8 @2 :Int8;
    int16 @3 :Int16;
    int32 @4 :Int32;
    int64 @5 :Int64;
    uint8 @6 :UInt8;
    uint16 @7 :UInt16;
    uint32 @8 :UInt32;
    uint64 @9 :UInt64;
    float32 @10 :Float32;
    float64 @11 :Float64;
    text @12 :Text;
    data @13 :Data;

    list @14 :AnyPointer;

    enum @15 :UInt16;
    struct @16 :AnyPointer;

    interface @17 :Void;
    # Always null.

    anyPointer @18 :AnyPointer;
  }
}

struct Annotation {
  # The use of an annotation.

  id @0 :Id;
  # The annotation's node.

  brand @2 :Brand;

  value @1 :Value;
}

enum ElementSize {
  # How the elements of a list are laid out, by the number that a list pointer holds.

  empty @0;
  bit @1;
  byte @2;
  twoBytes @3;
  fourBytes @4;
  eightBytes @5;
  pointer @6;

  inlineComposite @7;
  # Structs of any size, after a word that tells the size.
}

struct CapnpVersion {
  # A release of the compiler.

  major @0 :UInt16;
  minor @1 :UInt8;
  micro @2 :UInt8;
}

struct CodeGeneratorRequest {
  # The root of what a generator reads from its standard input.

  capnpVersion @2 :CapnpVersion;
  # Who wrote the request.

  nodes @0 :List(Node);
  # The requested files with all that is declared in them, and whatever that refers to.

  sourceInfo @3 :List(Node.SourceInfo);
  # About the nodes of the requested files.

  requestedFiles @1 :List(RequestedFile);
  # The files that were named to the compiler.

  struct RequestedFile {
    # A file to generate code for.

    id @0 :Id;
    # Its node.

    filename @1 :Text;
    # Relative to the source prefix that the compiler was given.

    imports @2 :List(Import);
    # What it imports directly.

    struct Import {
      # A file that another one imports.

      id @0 :Id;

      name @1 :Text;
      # As written in the importing file.
    }

    fileSourceInfo @3 :FileSourceInfo;

    struct FileSourceInfo {
      # What each name in the source refers to, for editors and documentation.

      identifiers @0 :List(Identifier);

      struct Identifier {
        # One name in the source.

        startByte @0 :UInt32;
        endByte @1 :UInt32;

        union {
          typeId @2 :UInt64;
          # It names this node.

          member :group {
            # It names a field, enumerant or method.

            parentTypeId @3 :UInt64;
            # Of this node.

            ordinal @4 :UInt16;
            # With this place in the node's list.
          }
        }
      }
    }
  }
}
