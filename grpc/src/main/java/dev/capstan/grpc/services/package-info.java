/**
 * Services that tell of the server itself, and the client of one: {@link dev.capstan.grpc.services.Health}, {@link dev.capstan.grpc.services.Reflection} and
 * {@link dev.capstan.grpc.services.ReflectionClient}, on {@link dev.capstan.grpc.services.DescriptorPool}, which holds schemas without generated classes.
 */
@NullMarked
package dev.capstan.grpc.services;

import org.jspecify.annotations.NullMarked;
