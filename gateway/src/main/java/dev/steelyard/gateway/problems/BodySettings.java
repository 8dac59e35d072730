package dev.steelyard.gateway.problems;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/** @param maxBody bytes of a request's body, files of uploads apart */
@ConfigurationProperties("steelyard.gateway")
record BodySettings(@DefaultValue("8MB") DataSize maxBody) {}
