package io.keypost.router;

import io.keypost.frame.StageConfig;
import io.smallrye.config.ConfigMapping;

/** {@code keypost.router.*} of the provider file. */
@ConfigMapping(prefix = "keypost.router")
public interface RouterConfig extends StageConfig {}
