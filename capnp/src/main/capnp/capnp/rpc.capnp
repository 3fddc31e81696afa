# What two vats say to each other so that each can call the other's objects.
#
# Four tables carry a connection, two at each end: what I asked (questions) is what you answer (answers); what I offer
# (exports) is what you may call (imports). The sender of a Call picks its question id, the owner of an object its export
# id; an id is free again only when both ends have let go of it.

@0xb312981b2552a250;

$import "/capnp/c++.capnp".namespace("capnp::rpc");
$import "/capnp/java.capnp".package("dev.capstan.capnp.rpc.protocol");

using QuestionId = UInt32;
# Picked by the caller, lowest free number first; unique among the calls that it has open.

using AnswerId = QuestionId;
# The same number seen by the callee.

using ExportId = UInt32;
# Picked by the vat that hosts the object, lowest free number first; unique among what it exports.

using ImportId = ExportId;
# The same number seen by the vat that calls the object.

struct Message {
  # The root of everything that is sent over a connection.

  union {
    unimplemented @0 :Message;
    # The receiver did not understand a message: this is the message, sent back.

    abort @1 :Exception;
    # The connection cannot go on. The last message that its sender sends.

    bootstrap @8 :Bootstrap;
    call @2 :Call;
    return @3 :Return;
    finish @4 :Finish;

    resolve @5 :Resolve;
    release @6 :Release;
    disembargo @13 :Disembargo;

    obsoleteSave @7 :AnyPointer;
    # No longer in use: see persistent.capnp.

    obsoleteDelete @9 :AnyPointer;
    # No longer in use.

    provide @10 :Provide;
    accept @11 :Accept;
    thirdPartyAnswer @14 :ThirdPartyAnswer;

    join @12 :Join;
  }
}

# Level 0: calls.

struct Bootstrap {
  # Asks for the object that a vat offers to whoever connects. It is answered by a Return like any Call.

  questionId @0 :QuestionId;
  # The question that the Return answers; calls may be pipelined on it at once.

  deprecatedObjectId @1 :AnyPointer;
  # Once the name of the object wanted. To be left null; newer peers answer anything else with an exception.
}

struct Call {
  # Calls a method of one of the receiver's objects.

  questionId @0 :QuestionId;
  # The new question.

  target @1 :MessageTarget;
  # Whose method.

  interfaceId @2 :UInt64;
  # The id of the interface that declares the method; it may be a parent of the one the object is known by.

  methodId @3 :UInt16;
  # The ordinal of the method in that interface.

  allowThirdPartyTailCall @8 :Bool = false;
  # The answer may come from a third vat (ThirdPartyAnswer) instead of the callee.

  noPromisePipelining @9 :Bool = false;
  # The caller will never pipeline on this question: the callee need not keep what that would take. Only a hint.

  onlyPromisePipeline @10 :Bool = false;
  # The caller only pipelines on this question and wants no Return for it. Such question ids have bit 31 set. A hint: the
  # callee may send the Return all the same.

  params @4 :Payload;
  # The parameter struct.

  sendResultsTo :union {
    # Where the results go.

    caller @5 :Void;
    # Back to the sender, in the Return.

    yourself @6 :Void;
    # The callee keeps them for another question, whose Return names this one in `takeFromOtherQuestion`: a tail call back
    # to the vat that asked.

    thirdParty @7 :ThirdPartyToContact;
    # To a third vat. No peer is known to take this.
  }
}

struct Return {
  # Answers a Call or Bootstrap.

  answerId @0 :AnswerId;
  # Which question.

  releaseParamCaps @1 :Bool = true;
  # Every capability in the parameters is released, once each, as if by a Release message.

  noFinishNeeded @8 :Bool = false;
  # The callee has already dropped the answer, since nothing in it can be pipelined on: the caller need not send a Finish.

  union {
    results @2 :Payload;
    # What the method returned. A Bootstrap is answered by a payload that is one capability.

    exception @3 :Exception;
    # The method failed.

    canceled @4 :Void;
    # The caller sent a Finish before the method was done, and it was stopped.

    resultsSentElsewhere @5 :Void;
    # The Call said `sendResultsTo.yourself`, and the results have gone there.

    takeFromOtherQuestion @6 :QuestionId;
    # The results are those of a call that the callee made to the caller with `sendResultsTo.yourself`. They can be taken
    # once.

    awaitFromThirdParty @7 :ThirdPartyToAwait;
    # The results come from a third vat, which will say so by ThirdPartyAnswer.
  }
}

struct Finish {
  # The caller is done with a question: its answer need not be kept for pipelining any longer, and if there is no answer
  # yet the call is to be cancelled.

  questionId @0 :QuestionId;
  # Which question.

  releaseResultCaps @1 :Bool = true;
  # Every capability in the results is released, once each, as if by a Release message.

  requireEarlyCancellationWorkaround @2 :Bool = true;
  # Deliver the call before cancelling it when both arrive together. The default is for old callers, which count on that;
  # newer ones always send false.
}

# Level 1: references and promises.

struct Resolve {
  # A promise that the sender exported has turned out to be something.

  promiseId @0 :ExportId;
  # The export that was introduced as `senderPromise`. Its reference count stays as it is.

  union {
    cap @1 :CapDescriptor;
    # What it is. Never itself a promise that has already been resolved.

    exception @2 :Exception;
    # It will never be anything: every call on it fails like this.
  }
}

struct Release {
  # Gives references to an import back to the vat that exports it.

  id @0 :ImportId;
  # Which import.

  referenceCount @1 :UInt32;
  # How many references. The exporter counts one for each time that it mentioned the export in a CapDescriptor.
}

struct Disembargo {
  # Keeps calls in order when a promise resolves to an object that is reached by a shorter way: new calls wait at the
  # sender until this message has gone the old way and come back, behind all the earlier calls.

  target @0 :MessageTarget;
  # The old way to the object. An echo is addressed to what the target resolved to.

  using EmbargoId = UInt32;

  using ThirdPartyEmbargoId = Data;

  context :union {
    senderLoopback @1 :EmbargoId;
    # The target resolves to an object of the sender: wait until nothing is under way to it, then echo.

    receiverLoopback @2 :EmbargoId;
    # The echo, with the id of the `senderLoopback` that it answers.

    accept @3 :ThirdPartyEmbargoId;
    # The target has been handed off to the sender by Provide and Accept: tell the host of the object that calls made the
    # old way have all passed. The id is the `embargo` of that Accept.
  }
}

# Level 3: capabilities that move between three vats.

struct Provide {
  # Asks the host of an object to keep it ready for a third vat.

  questionId @0 :QuestionId;
  # Open until the sender sends Finish, which withdraws the offer.

  target @1 :MessageTarget;
  # The object.

  recipient @2 :ThirdPartyToAwait;
  # Who will come for it.
}

struct Accept {
  # Picks up an object that another vat had provided. Answered by a Return whose payload is that one capability.

  questionId @0 :QuestionId;
  # The new question; calls may be pipelined on it at once.

  provision @1 :ThirdPartyCompletion;
  # Which provision.

  embargo @2 :Disembargo.ThirdPartyEmbargoId;
  # If set, nothing that is sent to this answer is delivered before the Disembargo with the same id has arrived.
}

struct ThirdPartyAnswer {
  # The sender has taken over a call from the vat that the receiver made it to, and will answer it.

  completion @0 :ThirdPartyCompletion;
  # Which call: matches the `awaitFromThirdParty` that the receiver got or will get.

  answerId @1 :AnswerId;
  # The question's number from now on, picked by the sender of this message between 2^30 and 2^31 - 1.
}

# Level 4: joins.

struct Join {
  # Asks whether capabilities that came by different ways are one object, and for a direct reference to it. No
  # implementation is known.

  questionId @0 :QuestionId;
  target @1 :MessageTarget;
  keyPart @2 :JoinKeyPart;
}

# Parts of messages.

struct MessageTarget {
  # Something of the receiver's that a message is about.

  union {
    importedCap @0 :ImportId;
    # An object that the receiver exports.

    promisedAnswer @1 :PromisedAnswer;
    # Whatever will stand at a certain place in the results of a question.
  }
}

struct Payload {
  # A parameter or result struct and the capabilities in it.

  content @0 :AnyPointer;
  # The struct; or, as the answer to Bootstrap and Accept, a capability.

  capTable @1 :List(CapDescriptor);
  # What the capability pointers in the content mean: each holds an index into this list.
}

struct CapDescriptor {
  # Tells the receiver what one capability is. Sent only inside a payload or a Resolve.

  union {
    none @0 :Void;
    # No capability: the pointer is treated as null.

    senderHosted @1 :ExportId;
    # A settled object of the sender, or one that it proxies.

    senderPromise @2 :ExportId;
    # A promise of the sender's; a Resolve will follow.

    receiverHosted @3 :ImportId;
    # An object of the receiver itself.

    receiverAnswer @4 :PromisedAnswer;
    # A place in the results of a question that the receiver is to answer.

    thirdPartyHosted @5 :ThirdPartyCapDescriptor;
    # An object of a third vat.
  }

  attachedFd @6 :UInt8 = 0xff;
  # The index of the file descriptor, among those that came with the message, that belongs to this capability; 255 and
  # whatever is out of range mean none. Each index is named at most once.
}

struct PromisedAnswer {
  # A place in the results of a question.

  questionId @0 :QuestionId;
  # The question. It must not be finished yet.

  transform @1 :List(Op);
  # How to get from the result struct to the place.

  struct Op {
    union {
      noop @0 :Void;
      # Stay.

      getPointerField @1 :UInt16;
      # Go to this entry of the struct's pointer section. An index of a pointer, not the ordinal of a field.
    }
  }
}

struct ThirdPartyCapDescriptor {
  # Where an object of a third vat can be had.

  id @0 :ThirdPartyToContact;
  # Whom to ask.

  vineId @1 :ExportId;
  # An export of the sender that leads to the same object. It keeps the offer alive, and a receiver that cannot or will not
  # contact the third vat simply calls this one.
}

struct Exception {
  # Why something failed.

  reason @0 :Text;
  # For people, not for programs.

  type @3 :Type;
  # What the caller had better do.

  enum Type {
    failed @0;
    # Give up: trying again would fail again.

    overloaded @1;
    # Try again later, and not at once.

    disconnected @2;
    # Connect again, then try again.

    unimplemented @3;
    # Try another way: this one is not there.
  }

  obsoleteIsCallersFault @1 :Bool;
  # No longer in use.

  obsoleteDurability @2 :UInt16;
  # No longer in use.

  trace @4 :Text;
  # Where it happened, in the words of the callee's language. Sent only by callees that have been told to.

  details @5 :List(Detail);
  # What programs may want to know.

  struct Detail {
    # One fact about the failure.

    detailId @0 :UInt64;
    # Says what the data means; like a type id, a random number with the highest bit set.

    data @1 :Data;
    # Its encoding is whatever the id says.
  }
}

# What each network defines for itself.

using SturdyRef = AnyPointer;
# A stored reference.

using ThirdPartyCompletion = AnyPointer;
# What the recipient shows to the host of an object so that Provide and Accept meet.

using ThirdPartyToAwait = AnyPointer;
# Tells the host of an object who will come for it.

using ThirdPartyToContact = AnyPointer;
# Tells the recipient whom to contact and how.

using JoinKeyPart = AnyPointer;
# One part of the secret that ties the messages of one join together.

using JoinResult = AnyPointer;
# The answer to one part of a join.
