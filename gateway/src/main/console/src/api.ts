// Made from Java interfaces by Capstan; changes will be lost.
import type { RpcStub, RpcTarget } from "capnweb";

export type Awaitable<T> = T | Promise<T>;

export interface Entrance extends RpcTarget {
  authenticate(token: string): Awaitable<ConsoleApi>;
}

export interface ConsoleApi extends RpcTarget {
  calls(): Awaitable<Calls>;
  capabilities(): Awaitable<CapabilityRow[]>;
  history(): Awaitable<Point[]>;
  invitationToken(): Awaitable<string>;
  kill(session: number): Awaitable<boolean>;
  limits(): Awaitable<LimitRow[]>;
  service(name: string): Awaitable<RpcStub<any>>;
  services(): Awaitable<Service[]>;
  sessionToken(): Awaitable<string>;
  sessions(): Awaitable<SessionRow[]>;
  watch(listener: (arg0: Overview) => Awaitable<void>): Awaitable<Watch>;
}

export interface Calls {
  nowMillis: number;
  rows: CallRow[];
}

export interface CallRow {
  id: number;
  parent: number;
  session: number;
  wire: string;
  incoming: boolean;
  method: string;
  beganMillis: number;
  endedMillis?: number | null;
  failure: string;
}

export interface CapabilityRow {
  session: number;
  wire: string;
  peer: string;
  exported: boolean;
  id: number;
  type: string;
  references: number;
  ageMillis: number;
}

export interface Point {
  calls: number;
  errors: number;
  p50: number;
  p99: number;
}

export interface LimitRow {
  group: string;
  name: string;
  configured: string;
  value?: number | null;
  peak?: number | null;
}

export interface Service {
  name: string;
  wire: string;
  type: string;
  interfaces: Interface[];
}

export interface Interface {
  name: string;
  methods: Method[];
}

export interface Method {
  name: string;
  named: boolean;
  streams: boolean;
  takes: Member[];
  gives: Member[];
}

export interface Member {
  name: string;
  type: string;
  kind: Kind;
  choices: string[];
}

export type Kind = "NUMBER" | "FLAG" | "TEXT" | "BYTES" | "CHOICE" | "OBJECT" | "FUNCTION" | "READABLE" | "WRITABLE" | "VALUE";

export interface SessionRow {
  id: number;
  wire: string;
  peer: string;
  incoming: boolean;
  ageMillis: number;
  calls: number;
  errors: number;
  questions: number;
  answers: number;
  exports: number;
  imports: number;
  queuedBytes: number;
  window: number;
}

export interface Overview {
  second: number;
  upMillis: number;
  sessions: number;
  inFlight: number;
  capabilities: number;
  queuedBytes: number;
  calls: number;
  errors: number;
  latest: Point;
  wires: Wire[];
}

export interface Wire {
  name: string;
  sessions: number;
  inFlight: number;
  calls: number;
  errors: number;
  latest: Point;
}

export interface Watch extends RpcTarget {
}
