package dev.steelyard.gateway.keys;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.web.filter.OncePerRequestFilter;
import tools.jackson.databind.json.JsonMapper;

/** Every call to the API needs a key; health, metrics and the API's description do not. */
@Configuration(proxyBeanMethods = false)
class SecurityRules {
    private final JsonMapper json;

    SecurityRules(JsonMapper json) {
        this.json = json;
    }

    @Bean
    SecurityFilterChain chain(HttpSecurity http, ApiKeys keys) {
        return http.csrf(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                .httpBasic(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .addFilterBefore(new KeyFilter(keys), AuthorizationFilter.class)
                .authorizeHttpRequests(
                        requests -> requests.dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR)
                                .permitAll()
                                .requestMatchers(
                                        "/actuator/**",
                                        "/v3/api-docs/**",
                                        "/v3/api-docs.yaml",
                                        "/docs/**",
                                        "/docs",
                                        "/swagger-ui/**")
                                .permitAll()
                                .requestMatchers("/v1/keys/**", "/v1/audit")
                                .hasRole("ADMIN")
                                .requestMatchers(HttpMethod.GET, "/v1/**")
                                .hasRole("READER")
                                .requestMatchers("/v1/**")
                                .hasRole("SUBMITTER")
                                .anyRequest()
                                .denyAll())
                .exceptionHandling(e -> e.authenticationEntryPoint((request, response, why) -> {
                            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
                            refuse(
                                    response,
                                    HttpStatus.UNAUTHORIZED,
                                    "unauthorized",
                                    KeyFilter.key(request).isPresent()
                                            ? "unknown or revoked API key"
                                            : "an API key is needed: Authorization: Bearer <key>");
                        })
                        .accessDeniedHandler((request, response, why) -> refuse(
                                response, HttpStatus.FORBIDDEN, "forbidden", "the key's role does not allow this")))
                .build();
    }

    private void refuse(HttpServletResponse response, HttpStatus status, String code, String detail)
            throws IOException {
        response.setStatus(status.value());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.getWriter()
                .write(json.createObjectNode()
                        .put("type", "urn:steelyard:problem:" + code)
                        .put("title", status.getReasonPhrase())
                        .put("status", status.value())
                        .put("detail", detail)
                        .put("code", code)
                        .toString());
    }

    /** Reads the key of a request; a wrong one counts as none. */
    private static final class KeyFilter extends OncePerRequestFilter {
        private static final String BEARER = "Bearer ";
        private final ApiKeys keys;

        KeyFilter(ApiKeys keys) {
            this.keys = keys;
        }

        /** What a request gives as its key, good or not. */
        static Optional<String> key(HttpServletRequest request) {
            return Optional.ofNullable(request.getHeader(HttpHeaders.AUTHORIZATION))
                    .filter(header -> header.startsWith(BEARER))
                    .map(header -> header.substring(BEARER.length()).strip())
                    .filter(key -> !key.isEmpty());
        }

        @Override
        protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws ServletException, IOException {
            key(request).flatMap(keys::authenticate).ifPresent(holder -> {
                SecurityContext context = SecurityContextHolder.createEmptyContext();
                context.setAuthentication(
                        UsernamePasswordAuthenticationToken.authenticated(holder.id(), "", authorities(holder)));
                SecurityContextHolder.setContext(context);
            });
            chain.doFilter(request, response);
        }

        private static List<SimpleGrantedAuthority> authorities(ApiKeys.Holder holder) {
            List<SimpleGrantedAuthority> all = new ArrayList<>();
            all.add(new SimpleGrantedAuthority("ROLE_READER"));
            if (holder.maySubmit()) {
                all.add(new SimpleGrantedAuthority("ROLE_SUBMITTER"));
            }
            if (holder.isAdmin()) {
                all.add(new SimpleGrantedAuthority("ROLE_ADMIN"));
            }
            return all;
        }
    }
}
