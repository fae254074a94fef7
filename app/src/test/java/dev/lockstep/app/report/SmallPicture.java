package dev.lockstep.app.report;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;

/** PNG picture of few colours: those of frequent shades, and for others the nearest. */
final class SmallPicture {
  private static final int MOST_COLOURS = 256;

  /** Bits of a colour that make its shade: the upper four of red, green and blue. */
  private static final int SHADE = 0xf0f0f0;

  private SmallPicture() {}

  static byte[] of(byte[] png) throws IOException {
    BufferedImage picture = ImageIO.read(new ByteArrayInputStream(png));
    Map<Integer, Integer> numbers = new TreeMap<>();
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        numbers.merge(picture.getRGB(x, y) & 0xffffff, 1, Integer::sum);
      }
    }
    Map<Integer, Integer> byShade = new LinkedHashMap<>(); // to its most frequent colour
    numbers.entrySet().stream()
        .sorted(Map.Entry.<Integer, Integer>comparingByValue().reversed())
        .forEach(entry -> byShade.putIfAbsent(entry.getKey() & SHADE, entry.getKey()));
    int[] colours = byShade.values().stream().mapToInt(i -> i).limit(MOST_COLOURS).toArray();
    IndexColorModel palette = new IndexColorModel(8, colours.length, colours, 0, false, -1, 0);
    BufferedImage small =
        new BufferedImage(
            picture.getWidth(), picture.getHeight(), BufferedImage.TYPE_BYTE_INDEXED, palette);
    Map<Integer, Integer> nearest = new HashMap<>();
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        int colour = picture.getRGB(x, y) & 0xffffff;
        int index = nearest.computeIfAbsent(colour, any -> nearest(any, colours));
        small.getRaster().setSample(x, y, 0, index);
      }
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(small, "png", bytes);
    return bytes.toByteArray();
  }

  private static int nearest(int colour, int[] colours) {
    int best = 0;
    long least = Long.MAX_VALUE;
    for (int i = 0; i < colours.length; i++) {
      long distance = 0;
      for (int shift = 0; shift <= 16; shift += 8) {
        int by = ((colour >> shift) & 0xff) - ((colours[i] >> shift) & 0xff);
        distance += (long) by * by;
      }
      if (distance < least) {
        least = distance;
        best = i;
      }
    }
    return best;
  }
}
